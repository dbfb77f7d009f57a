package mock

import (
	"context"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/scenario"
	"github.com/asyncctl/asyncctl/mockserver"
)

// describe makes the server speak the API of the file. What --set and the other flags say goes before it.
func (m *Command) describe(s *mockserver.Server, flags *scenario.File) error {
	switch {
	case m.Dialect != "":
		return app.Usagef("--api and --dialect both say how the mock speaks: give one of them")
	case m.What.name != "" || m.What.replay != "":
		return app.Usagef("--api says what operations do, in its section mock: give it, or --scenario or --replay")
	}
	f, err := m.API.Read(m.World, nil)
	if err != nil {
		return err
	}
	made, err := Imitate(f, func(name string) (string, error) { return m.API.Secrets().Get(context.Background(), name, false) })
	if err != nil {
		return err
	}
	values, err := m.What.values()
	if err != nil {
		return err
	}
	if err := change(made, values); err != nil {
		return app.Usagef("--set: %v", err)
	}
	s.Shape, s.Scenario, s.Rules, s.CORS = made.Shape, made.Scenario, made.Rules, append(s.CORS, made.CORS...)
	s.Faults = append(s.Faults, made.Faults...)
	if s.Workers == 0 {
		s.Workers = made.Workers
	}
	if s.MaxQueue == 0 {
		s.MaxQueue = made.MaxQueue
	}
	flags.TimeScale = f.Mock.TimeScale
	if m.Stateless && made.Shape.Numbers {
		return app.Usagef("%s: mock.id: number excludes --stateless: a number carries nothing", f.Path)
	}
	m.base = f.BasePath()
	return nil
}

// try is a command that submits something to the mock at base.
func (m *Command) try(s *mockserver.Server, base string) string {
	if f := m.API.File(); f != nil {
		var files []string
		for _, path := range m.API.Paths {
			files = append(files, "--api "+curl.Quote(path))
		}
		return "asyncctl submit " + f.Operations[0].Name + " " + strings.Join(files, " ") + " --url " + base + " --wait"
	}
	return trySubmit(s, base)
}
