package mock

import (
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockScenario says what operations of the mock do.
type mockScenario struct {
	set    []string
	replay string
}

func (m *mockScenario) Bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&m.set, "set", nil, "`parameter=value` for every operation that does not say otherwise")
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
	// By itself, so that an error says whose it is.
	if _, err := mockserver.ParseScenario(mockserver.Scenario{}, values); err != nil {
		return nil, app.Usagef("--set: %v", err)
	}
	return values, nil
}

// Parameters lists what --set takes, each with its =.
func Parameters() []string {
	var names []string
	for _, p := range mockserver.Parameters() {
		names = append(names, p.Name+"=")
	}
	return names
}
