package bounded

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readers are files that read what is not a file of somebody else, or by other bounds.
var readers = []string{"internal/bounded/file.go", "internal/app/mount_linux.go", "internal/follow/learn.go", "internal/report/load/doc.go"}

// unbounded are calls that read as much as a file has, and wait for it as long as it takes.
var unbounded = regexp.MustCompile(`os\.(ReadFile|Open)\(|io\.ReadAll\((?:[^i]|i[^o])`)

// The command line reads no file that a person or a project names past this room.
func TestNamedFilesAreReadHere(t *testing.T) {
	const top = "../.."
	seen := 0
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, err := filepath.Rel(top, path)
		if err != nil || slices.Contains(readers, filepath.ToSlash(name)) {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		for number, line := range strings.Split(string(text), "\n") {
			if unbounded.MatchString(line) && !strings.HasPrefix(line, "//") {
				t.Errorf("%s:%d: %s: read it by this package", path, number+1, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil || seen < 100 {
		t.Errorf("%d files seen, %v", seen, err)
	}
}
