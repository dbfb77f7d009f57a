package scenario

import (
	"embed"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// maxFile bounds a scenario file, and each file that it names, in bytes.
const maxFile = 16 << 20

// A File is what a scenario file says.
type File struct {
	Name      string // of the file, for messages
	About     string
	Dialect   string                         // empty: it says nothing
	Operation mockserver.Scenario            // what every operation does
	Scenarios map[string]mockserver.Scenario // to be asked for by name
	Rules     []mockserver.Rule
	Latencies []mockserver.Rule // which delay answers
	Faults    []mockserver.Fault
	Workers   int
	MaxQueue  int
	TimeScale float64 // 0: it says nothing
}

// Apply gives a server what the file says. Faults come on top of those that it has; the dialect, the
// workers and the bound of their queue count where it has none.
func (f *File) Apply(s *mockserver.Server) {
	s.Scenario, s.Scenarios, s.Rules = f.Operation, f.Scenarios, slices.Concat(f.Rules, f.Latencies)
	s.Faults = append(s.Faults, f.Faults...)
	if s.Dialect == "" {
		s.Dialect = f.Dialect
	}
	if s.Workers == 0 {
		s.Workers = f.Workers
	}
	if s.MaxQueue == 0 {
		s.MaxQueue = f.MaxQueue
	}
}

//go:embed builtin/*.yaml
var builtin embed.FS

// Names returns the names of the built-in scenarios, sorted.
func Names() []string {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		panic(err) // it is in the binary
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Source returns the YAML of a built-in scenario.
func Source(name string) ([]byte, bool) {
	text, err := builtin.ReadFile("builtin/" + name + ".yaml")
	return text, err == nil
}

// Open reads a file, or the built-in scenario of that name: a name has no dot and no slash in it. set
// are parameters that change what every operation does, against the file.
func Open(name string, set url.Values) (*File, error) {
	if !strings.ContainsAny(name, `./\`) {
		text, ok := Source(name)
		if !ok {
			return nil, fmt.Errorf("there is no built-in scenario %q: there are %s; for a file of that name write ./%s", name, strings.Join(Names(), ", "), name)
		}
		return Parse(name, text, set)
	}
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	return Parse(name, text, set)
}

// readFile reads a file of a bounded size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s is longer than %d MiB", path, maxFile>>20)
	}
	return text, err
}

// Parse reads the text of a file. Files that it names are sought beside it. The error names the line
// and the field, what is wrong, and what may stand there.
func Parse(name string, text []byte, set url.Values) (*File, error) {
	r := reader{file: &File{Name: name, Scenarios: map[string]mockserver.Scenario{}}, dir: filepath.Dir(name)}
	root, err := r.root(text)
	if err != nil {
		return nil, err
	}
	if err := r.top(root, set); err != nil {
		return nil, err
	}
	return r.file, nil
}

// names lists the keys of a map for a message.
func names[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
