package dialect_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestImports: lro and the standard library, and nothing that does I/O.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	rooms, err := filepath.Glob("internal/*/*.go")
	if err != nil || len(rooms) == 0 {
		t.Fatalf("%d files of the rooms below, %v", len(rooms), err)
	}
	files = append(files, rooms...)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			switch strings.Trim(i.Path.Value, `"`) {
			case "bytes", "encoding/json", "encoding/xml", "errors", "fmt", "net/http", "net/url", "slices", "strconv", "strings", "time",
				"github.com/asyncctl/asyncctl/internal/hole", "github.com/asyncctl/asyncctl/internal/jsontext", "github.com/asyncctl/asyncctl/poller/dialect/internal/uwsjob",
				"github.com/asyncctl/asyncctl/poller/internal/message", "github.com/asyncctl/asyncctl/poller/lro":
			default:
				t.Errorf("%s imports %s", file, i.Path.Value)
			}
		}
	}
}
