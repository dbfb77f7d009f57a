package app

import (
	"os"
	"path/filepath"
	"strings"
)

// mountPoint reports whether something is mounted on a file, as containers do it with single files:
// it cannot be replaced.
func mountPoint(path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	path = filepath.Join(real(filepath.Dir(path)), filepath.Base(path))
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); len(fields) > 4 && unescape.Replace(fields[4]) == path {
			return true
		}
	}
	return false
}
