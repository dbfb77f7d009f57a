package mock

import (
	"context"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/mockserver"
)

// base returns the server that --api or --replay describes, or the one that speaks --dialect. What --set
// says goes before the file.
func (m *Command) base() (*mockserver.Server, error) {
	values, err := m.What.values()
	if err != nil {
		return nil, err
	}
	switch {
	case m.API.Given() && m.What.replay != "":
		return nil, app.Usagef("--api and --replay both say what operations do: give one of them")
	case m.API.Given():
		s, err := m.described()
		if err != nil {
			return nil, err
		}
		if err := change(s, values); err != nil {
			return nil, app.Usagef("--set: %v", err)
		}
		return s, nil
	}
	s := &mockserver.Server{}
	if m.What.replay != "" {
		recorded, err := Open(m.What.replay)
		if err == nil {
			s, err = recorded.server(values)
		}
		if err != nil {
			return nil, app.Usagef("--replay: %v", err)
		}
	} else if s.Scenario, err = mockserver.ParseScenario(mockserver.Scenario{}, values); err != nil {
		return nil, app.Usagef("--set: %v", err)
	}
	if m.Dialect != "" {
		s.Dialect = m.Dialect
	}
	return s, nil
}

// described returns the server that the API file describes.
func (m *Command) described() (*mockserver.Server, error) {
	f, err := m.API.Read(m.World, nil)
	if err != nil {
		return nil, err
	}
	s, err := Imitate(f, func(name string) (string, error) { return m.API.Secrets().Get(context.Background(), name, false) })
	if err != nil {
		return nil, err
	}
	switch {
	case m.Dialect == "":
	case s.Shape != nil || f.Builtin != "auto":
		return nil, app.Usagef("--api and --dialect both say how the mock speaks: give one of them")
	default:
		s.Dialect = m.Dialect
	}
	if m.Stateless && s.Shape != nil && s.Shape.Numbers {
		return nil, app.Usagef("%s: mock.id: number excludes --stateless: a number carries nothing", f.Path)
	}
	if m.path = f.BasePath(); s.Shape == nil {
		m.path = ""
	}
	return s, nil
}

// try is a command that submits something to the mock at base.
func (m *Command) try(s *mockserver.Server, base string) string {
	if f := m.API.File(); f != nil && len(f.Operations) > 0 {
		return "asyncctl submit " + f.Operations[0].Name + " " + filesOf(m.API.Paths) + " --url " + base + " --wait"
	}
	return trySubmit(s, base)
}

// filesOf returns the flags that name API files.
func filesOf(paths []string) string {
	var files []string
	for _, path := range paths {
		files = append(files, "--api "+curl.Quote(path))
	}
	return strings.Join(files, " ")
}

// file reads an API file for a mock within a command.
func file(path string) (*mockserver.Server, error) {
	f, err := api.Read(api.Options{}, path)
	if err != nil {
		return nil, app.Misused(err)
	}
	return Imitate(f, madeUp)
}
