package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/asyncctl/asyncctl"

// rooms says which packages of ours, and which third-party modules, a room may import; rooms that
// are not listed may not exist. Tests may import more: they are not part of what users build.
var rooms = map[string]struct{ ours, theirs []string }{
	"":                               {ours: []string{"cmd"}},
	"internal/show":                  {},
	"internal/schema":                {},
	"internal/reach":                 {},
	"internal/near":                  {},
	"internal/glossary":              {},
	"internal/jsontext":              {},
	"poller/lro":                     {ours: []string{"internal/jsontext", "poller/lro/internal/document"}},
	"poller/lro/internal/document":   {ours: []string{"internal/jsontext"}},
	"poller/dialect":                 {ours: []string{"internal/hole", "internal/jsontext", "poller/dialect/internal/uwsjob", "poller/internal/message", "poller/lro"}},
	"poller/dialect/internal/uwsjob": {},
	"internal/hole":                  {},
	"internal/exchange":              {ours: []string{"poller/dialect", "poller/lro"}},
	"poller/internal/message":        {ours: []string{"poller/lro"}},
	"poller":                         {ours: []string{"poller/internal/message", "poller/lro"}, theirs: []string{"golang.org/x/net"}},
	"poller/internal/transcript":     {ours: []string{"poller/lro"}, theirs: []string{"github.com/rogpeppe/go-internal"}},
	// A constant that the mock shared with the client would be wrong on both sides.
	"mockserver":                    {ours: []string{"mockserver/internal/fault", "mockserver/internal/grade", "mockserver/internal/shape", "mockserver/internal/speech", "mockserver/internal/vendor", "mockserver/internal/work"}},
	"mockserver/internal/work":      {},
	"mockserver/internal/speech":    {ours: []string{"mockserver/internal/work"}},
	"mockserver/internal/shape":     {ours: []string{"mockserver/internal/speech", "mockserver/internal/work"}},
	"mockserver/internal/fault":     {ours: []string{"mockserver/internal/speech", "mockserver/internal/work"}},
	"mockserver/internal/grade":     {ours: []string{"mockserver/internal/fault", "mockserver/internal/speech", "mockserver/internal/work"}},
	"mockserver/internal/vendor":    {ours: []string{"mockserver/internal/shape", "mockserver/internal/speech"}},
	"conformance":                   {ours: []string{"conformance/internal/evidence", "conformance/internal/probe", "conformance/internal/rules", "poller/lro"}},
	"conformance/internal/evidence": {ours: []string{"poller/lro"}},
	"conformance/internal/rules":    {ours: []string{"conformance/internal/evidence", "poller/lro"}},
	"conformance/internal/probe":    {ours: []string{"conformance/internal/evidence", "conformance/internal/rules", "poller/lro"}},
	"internal/mutants":              {ours: []string{"conformance", "mockserver", "poller/lro"}},
	"cmd/internal/report/judge":     {ours: []string{"conformance"}},
	"loadtest":                      {ours: []string{"loadtest/internal/engine", "loadtest/internal/http1", "loadtest/internal/http2", "loadtest/internal/pending", "loadtest/internal/wire", "internal/measure", "poller/lro"}},
	"internal/measure":              {theirs: []string{"github.com/HdrHistogram/hdrhistogram-go"}},
	"loadtest/judge":                {ours: []string{"loadtest", "internal/measure", "poller/lro"}},
	"loadtest/internal/engine":      {ours: []string{"loadtest/internal/http1", "loadtest/internal/http2", "loadtest/internal/pending", "loadtest/internal/wire", "poller/lro"}},
	"loadtest/internal/pending":     {ours: []string{"loadtest/internal/http1", "loadtest/internal/wire", "poller/lro"}},
	"loadtest/internal/wire":        {ours: []string{"loadtest/internal/http1", "poller/lro"}},
	"loadtest/internal/http1":       {},
	"loadtest/internal/http2":       {},
	"cmd/internal/report/load":      {ours: []string{"loadtest", "loadtest/judge", "internal/measure", "poller/lro"}},
	"cmd":                           {ours: []string{"cmd/internal/app", "cmd/internal/explain", "cmd/internal/api", "cmd/internal/config", "cmd/internal/curl", "cmd/internal/follow", "cmd/internal/help", "cmd/internal/judge", "cmd/internal/load", "cmd/internal/mock", "cmd/internal/render", "conformance", "internal/exchange", "internal/glossary", "cmd/internal/report/judge", "cmd/internal/report/load", "loadtest", "loadtest/judge", "internal/measure", "mockserver", "poller/dialect", "poller/lro"}, theirs: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"}},
	"cmd/internal/help":             {ours: []string{"cmd/internal/render"}, theirs: []string{"github.com/spf13/cobra", "github.com/spf13/pflag"}},
	"cmd/internal/app":              {ours: []string{"cmd/internal/render", "poller", "poller/lro"}, theirs: []string{"golang.org/x/sys", "golang.org/x/term"}},
	"cmd/internal/config":           {ours: []string{"cmd/internal/api", "cmd/internal/app", "poller/lro"}, theirs: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "go.yaml.in/yaml/v3"}},
	"cmd/internal/follow":           {ours: []string{"cmd/internal/api", "cmd/internal/apifile", "cmd/internal/app", "cmd/internal/batch", "cmd/internal/config", "cmd/internal/curl", "cmd/internal/draft", "cmd/internal/mock", "cmd/internal/render", "cmd/internal/shard", "poller", "poller/dialect", "poller/lro"}, theirs: []string{"github.com/spf13/cobra", "github.com/spf13/pflag"}},
	"cmd/internal/judge":            {ours: []string{"cmd/internal/api", "cmd/internal/apifile", "cmd/internal/app", "cmd/internal/config", "cmd/internal/curl", "cmd/internal/follow", "cmd/internal/mock", "cmd/internal/openapi", "cmd/internal/render", "cmd/internal/report/judge", "conformance", "internal/mutants", "mockserver", "poller", "poller/dialect", "poller/lro"}, theirs: []string{"github.com/spf13/pflag", "golang.org/x/term"}},
	"cmd/internal/load":             {ours: []string{"cmd/internal/api", "cmd/internal/apifile", "cmd/internal/app", "cmd/internal/config", "cmd/internal/curl", "cmd/internal/follow", "cmd/internal/mock", "cmd/internal/render", "cmd/internal/report/load", "cmd/internal/shard", "loadtest", "loadtest/judge", "internal/measure", "mockserver", "poller/dialect", "poller/lro"}, theirs: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"}},
	"cmd/internal/mock":             {ours: []string{"cmd/internal/api", "cmd/internal/apifile", "cmd/internal/app", "cmd/internal/curl", "cmd/internal/draft", "cmd/internal/render", "mockserver", "poller", "poller/dialect", "poller/lro"}, theirs: []string{"github.com/spf13/pflag"}},
	"cmd/internal/shard":            {ours: []string{"cmd/internal/app"}},
	"cmd/internal/explain":          {ours: []string{"cmd/internal/render", "internal/near"}},
	"docs/generate":                 {ours: []string{"cmd", "conformance", "internal/glossary", "mockserver", "poller/dialect"}, theirs: []string{"github.com/spf13/cobra"}},
	"cmd/internal/batch":            {ours: []string{"cmd/internal/idempotency", "cmd/internal/render", "poller", "poller/lro"}},
	"cmd/internal/bounded":          {},
	"cmd/internal/idempotency":      {},
	"cmd/internal/curl":             {ours: []string{"cmd/internal/idempotency", "cmd/internal/render", "poller", "poller/lro"}, theirs: []string{"github.com/spf13/pflag"}},
	"cmd/internal/api":              {ours: []string{"mockserver", "poller/dialect", "poller/lro"}, theirs: []string{"go.yaml.in/yaml/v3"}},
	"cmd/internal/apifile":          {ours: []string{"cmd/internal/api", "cmd/internal/app", "cmd/internal/config", "poller/dialect", "poller/lro"}, theirs: []string{"github.com/spf13/pflag"}},
	"cmd/internal/openapi":          {ours: []string{"conformance"}, theirs: []string{"go.yaml.in/yaml/v3"}},
	"cmd/internal/draft":            {ours: []string{"cmd/internal/openapi", "poller/lro"}},
	"cmd/internal/render":           {ours: []string{"conformance", "loadtest", "internal/measure", "poller", "poller/lro"}, theirs: []string{"charm.land/bubbletea/v2", "charm.land/lipgloss/v2", "github.com/charmbracelet/colorprofile", "github.com/charmbracelet/x/ansi", "github.com/vbauerster/mpb/v8", "golang.org/x/term"}},
}

// small are rooms that import nothing of ours and that every other room may import, except the pure ones
// and the mock, which shares nothing with what it tests.
var small = []string{"internal/schema", "internal/hole", "internal/show", "internal/reach", "internal/near", "internal/jsontext"}

func mayUseSmall(room string) bool {
	return !strings.HasPrefix(room, "mockserver") && !strings.HasPrefix(room, "poller/") && !slices.Contains(small, room)
}

// TestRooms enforces who may import whom.
func TestRooms(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() && path != "." && nested(path):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		room := filepath.ToSlash(filepath.Dir(path))
		if room == "." {
			room = ""
		}
		seen[room] = true
		checkImports(t, room, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("the table lists %q, but there is no such room", room)
		}
	}
}

// nested reports whether a directory is a module of its own: no part of what users build.
func nested(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func checkImports(t *testing.T, room, path string) {
	allowed, listed := rooms[room]
	if !listed {
		t.Errorf("%s: the room %q is not in the table of rooms", path, room)
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if own, ok := strings.CutPrefix(name, module+"/"); ok {
			reading := strings.HasPrefix(room, "cmd") && own == "cmd/internal/bounded"
			if !slices.Contains(allowed.ours, own) && !reading && !(mayUseSmall(room) && slices.Contains(small, own)) {
				t.Errorf("%s: %q may not import our %s", path, room, own)
			}
			continue
		}
		first, _, _ := strings.Cut(name, "/")
		standard := !strings.Contains(first, ".")
		if !standard && !slices.ContainsFunc(allowed.theirs, func(m string) bool { return name == m || strings.HasPrefix(name, m+"/") }) {
			t.Errorf("%s: %q may not import %s", path, room, name)
		}
	}
}

// atRoot lists what may stand at the root of the repository. What is not committed does not count.
var atRoot = []string{
	".ci", ".github", ".gitignore", ".gitattributes", ".goreleaser.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md",
	"action.yml", "bench", "changes", "cmd", "conformance", "docs", "fixtures_test.go", "go.mod", "go.sum", "house_test.go", "internal", "interop", "loadtest", "main.go", "main_test.go",
	"mockserver", "packaging", "poller", "readme_test.go", "templates",
}

// TestRootHasNoStrays keeps files that somebody forgot out of the root.
func TestRootHasNoStrays(t *testing.T) {
	list, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("not a checkout: ", err)
	}
	seen := map[string]bool{}
	for path := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		name, _, _ := strings.Cut(path, "/")
		if !seen[name] && !slices.Contains(atRoot, name) {
			t.Errorf("%s stands at the root; move it, or add it to the list", name)
		}
		seen[name] = true
	}
}
