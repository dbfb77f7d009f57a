package mock

import (
	"net/url"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/scenario"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockScenario says what operations of the mock do.
type mockScenario struct {
	set    []string
	name   string
	replay string
}

func (m *mockScenario) Bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&m.set, "set", nil, "`parameter=value` for every operation that does not say otherwise")
	fs.StringVar(&m.name, "scenario", "", "do what this YAML `file`, or built-in scenario, says: see \"asyncctl mockserver scenarios\"")
	fs.StringVar(&m.replay, "replay", "", "do what an operation did whose events --progress json wrote to this `file`, with its timing")
}

// values are those of --set.
func (m *mockScenario) values() (url.Values, error) {
	values := url.Values{}
	for _, s := range m.set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, app.Usagef("--set %q: write parameter=value", s)
		}
		values.Add(name, value)
	}
	return values, nil
}

// file is what the flags say together.
func (m *mockScenario) file() (*scenario.File, error) {
	values, err := m.values()
	if err != nil {
		return nil, err
	}
	// First by itself, so that an error says whose it is.
	plain, err := mockserver.ParseScenario(mockserver.Scenario{}, values)
	switch {
	case err != nil:
		return nil, app.Usagef("--set: %v", err)
	case m.name != "" && m.replay != "":
		return nil, app.Usagef("--scenario and --replay both say what operations do: give one of them")
	case m.name != "":
		file, err := scenario.Open(m.name, values)
		if err != nil {
			return nil, app.Usagef("--scenario: %v", err)
		}
		return file, nil
	case m.replay != "":
		return m.recorded(values)
	}
	return &scenario.File{Operation: plain}, nil
}

// recorded is what a recorded stream says, changed by --set.
func (m *mockScenario) recorded(values url.Values) (*scenario.File, error) {
	file, err := Record(m.replay)
	if err != nil {
		return nil, app.Usagef("--replay: %v", err)
	}
	change := func(sc *mockserver.Scenario) {
		if changed, err := mockserver.ParseScenario(*sc, values); err == nil { // it was read before
			*sc = changed
		}
	}
	change(&file.Operation)
	for i := range file.Rules {
		change(file.Rules[i].Scenario)
	}
	return file, nil
}

func Record(path string) (*scenario.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scenario.Record(path, f)
}

// Parameters lists what --set takes, each with its =.
func Parameters() []string {
	var names []string
	for _, p := range mockserver.Parameters() {
		names = append(names, p.Name+"=")
	}
	return names
}
