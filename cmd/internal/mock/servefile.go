package mock

import (
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/mockserver"
)

// ServeFile starts a mock of an API file within this process, and lets the flags read the file again with
// its URL. Parameters of the mock: URL change what its operations do, as --set does.
func ServeFile(w app.World, f *apifile.Flags) (stop func(), err error) {
	target := f.URL
	_, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, app.Usagef("%s: %v", target, err)
	}
	server, err := Imitate(f.File(), madeUp)
	if err != nil {
		return nil, err
	}
	faults, err := faultsOf(values["fault"])
	if err != nil {
		return nil, app.Usagef("%s: %v", target, err)
	}
	server.Faults = append(server.Faults, faults...)
	values.Del("fault")
	if err := change(server, values); err != nil {
		return nil, app.Usagef("%s: %v", target, err)
	}
	live, err := mockserver.Start(server)
	if err != nil {
		return nil, app.Usagef("%s: %v", f.File().Path, err)
	}
	if _, err := f.Served(w, live.URL+f.File().BasePath()); err != nil {
		live.Close()
		return nil, err
	}
	return live.Close, nil
}

// madeUp is the value of a secret that only a mock sees.
func madeUp(name string) (string, error) { return "made-up-" + strings.ToLower(name), nil }

// change gives every kind of operation other words of the mock.
func change(server *mockserver.Server, values url.Values) error {
	if len(values) == 0 {
		return nil
	}
	var err error
	if server.Scenario, err = mockserver.ParseScenario(server.Scenario, values); err != nil || server.Shape == nil {
		return err
	}
	for i := range server.Shape.Kinds {
		k := &server.Shape.Kinds[i]
		if k.Scenario == nil {
			continue
		}
		changed, err := mockserver.ParseScenario(*k.Scenario, values)
		if err != nil {
			return err
		}
		k.Scenario = &changed
	}
	return nil
}
