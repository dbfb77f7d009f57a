package follow

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// mostList bounds a list of handles on stdin.
const mostList = 64 << 20

// Expand replaces - by the status URLs that stand on stdin, one a line, where these are several. Blanks
// and line ends around an argument, as CR from a list, are not part of it.
func (s *Session) Expand(args []string) ([]string, error) {
	var all []string
	for _, arg := range args {
		if arg = strings.TrimSpace(arg); arg != "-" {
			all = append(all, arg)
			continue
		}
		content, err := bounded.Read(s.World.Stdin, "stdin", mostList)
		if err != nil {
			return nil, app.Usagef("%v", err)
		}
		lines := urlLines(string(content))
		if len(lines) < 2 {
			s.World.Stdin = io.Reader(bytes.NewReader(content))
			all = append(all, arg)
			continue
		}
		all = append(all, lines...)
	}
	return all, nil
}

// urlLines returns the lines of a text if each of them is a URL; else nil.
func urlLines(text string) []string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !app.IsURL(line) || strings.ContainsAny(line, " \t") {
			return nil
		}
		lines = append(lines, line)
	}
	return lines
}

// rowNames returns what the operations are called beside each other: the name of a handle's file, else
// the part of the status URL in which they differ.
func rowNames(args []string, ops []lro.Operation) []string {
	names := make([]string, len(args))
	common := ""
	for _, op := range ops {
		url := show.URL(op.StatusURL)
		if dir := url[:strings.LastIndexByte(url, '/')+1]; common == "" {
			common = dir
		} else {
			common = sharedStart(common, dir)
		}
	}
	for i, arg := range args {
		if !app.IsURL(arg) && arg != "-" {
			base := filepath.Base(arg)
			names[i] = strings.TrimSuffix(base, filepath.Ext(base))
			continue
		}
		url := show.URL(ops[i].StatusURL)
		if names[i] = strings.TrimPrefix(url, common); names[i] == "" {
			names[i] = app.Title(url)
		}
	}
	return names
}

// sharedStart is the beginning that two texts share, up to a slash.
func sharedStart(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:strings.LastIndexByte(a[:n], '/')+1]
}
