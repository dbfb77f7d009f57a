package cmd

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockCommand runs the mock on its own.
type mockCommand struct {
	w         World
	listen    string
	urlFile   string
	set       []string
	faults    []string
	seed      uint64
	workers   int
	maxQueue  int
	scale     float64
	stateless bool
	keyFile   string
	admin     string
	tokenFile string
	journal   int
	grades    []string
	silent    bool
}

func newMockserver(w World) *cobra.Command {
	m := &mockCommand{w: w}
	c := &cobra.Command{
		Use:   "mockserver",
		Short: "Serve a conformant fake API to test a client against",
		Long: `Serve a fake asynchronous API: it answers a submit with 202, Location and Retry-After, and its
status URL behaves as the pattern asks. stdout is its URL, on one line; each request is a line on
stderr. It ends at Ctrl-C.

What an operation does is set for all with --set, and for one by the query of the submit's URL or
its Asyncctl-Scenario header, in the same words:

` + parameterHelp() + `

--fault makes it hurt, in one of the ways in which real servers do: "asyncctl mockserver faults"
lists them, "asyncctl explain NAME" says what a fault exposes. --grade writes a report on the client
under test when the mock ends, and makes the exit code 1 if it has something to say.`,
		Example: `  asyncctl mockserver
  asyncctl mockserver --listen 127.0.0.1:8080 --set duration=10s --set retry-after=2
  asyncctl mockserver --fault lost-202:p=0.1 --fault 429-storm --seed 7 --grade report.md
  asyncctl mockserver --workers 4 --set duration=30s --time-scale 60 --admin 127.0.0.1:8203
  curl -i -X POST 'http://127.0.0.1:8080/operations?duration=5s&outcome=failed'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.run(c.Context()) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&m.listen, "listen", "127.0.0.1:8202", "`address` to listen on; port 0 picks a free one")
	fs.StringArrayVar(&m.set, "set", nil, "`parameter=value` for every operation that does not say otherwise")
	fs.StringVar(&m.urlFile, "url-file", "", "write the URL to this `file` once it listens")
	fs.StringArrayVar(&m.faults, "fault", nil, "do this wrong: `NAME[:p=0.1,nth=3,first=2,after=5s,...]`")
	fs.Uint64Var(&m.seed, "seed", 0, "make ids and chance reproducible; 0: ids cannot be guessed")
	fs.IntVar(&m.workers, "workers", 0, "operations that run at the same time, the others wait in a queue; 0 for no bound")
	fs.IntVar(&m.maxQueue, "max-queue", 0, "operations that may wait for a worker; beyond it submits are answered with 503")
	fs.Float64Var(&m.scale, "time-scale", 1, "let time pass so many times as fast")
	fs.BoolVar(&m.stateless, "stateless", false, "let the id of an operation carry all of it: replicas with one --key-file answer for each other")
	fs.StringVar(&m.keyFile, "key-file", "", "`file` with the key that authenticates such ids")
	fs.StringVar(&m.admin, "admin", "", "serve the administration (operations, clock, journal, /metrics) on this `address`")
	fs.StringVar(&m.tokenFile, "admin-token-file", "", "`file` with the bearer token that the administration asks for")
	fs.IntVar(&m.journal, "journal", 1000, "requests that are remembered, for --grade and the administration")
	fs.StringArrayVar(&m.grades, "grade", nil, "write a report on the client under test at the end to this `file`: .json, .xml (JUnit) or .md")
	fs.BoolVarP(&m.silent, "silent", "s", false, "do not show the requests")
	c.AddCommand(newMockFaults(w))
	return c
}

// parameterHelp lists the mock's vocabulary.
func parameterHelp() string {
	var b strings.Builder
	for _, p := range mockserver.Parameters() {
		fmt.Fprintf(&b, "  %-15s %s\n", p.Name, p.Allowed)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (m *mockCommand) run(ctx context.Context) error {
	handler, err := m.server()
	if err != nil {
		return err
	}
	var listeners listeners
	defer listeners.close()
	base, err := listeners.serve("--listen", m.listen, handler)
	if err != nil {
		return err
	}
	if m.crossOrigin() {
		if handler.Stranger, err = listeners.serve("--fault", "127.0.0.1:0", handler.StrangerHandler()); err != nil {
			return err
		}
	}
	if m.admin != "" {
		admin, err := listeners.serve("--admin", m.admin, handler.Admin())
		if err != nil {
			return err
		}
		fmt.Fprintf(m.w.Stderr, "administration at %s%s\n", admin, mockserver.AdminPrefix)
	}
	if len(m.faults) > 0 {
		fmt.Fprintf(m.w.Stderr, "seed %d\n", handler.FaultSeed())
	}
	if err := m.announce(base); err != nil {
		return err
	}
	<-ctx.Done()
	listeners.close()
	return m.grade(handler)
}

// server builds the mock.
func (m *mockCommand) server() (*mockserver.Server, error) {
	if m.workers < 0 || m.maxQueue < 0 || m.journal < 0 {
		return nil, usagef("--workers, --max-queue and --journal are not negative")
	}
	scenario, err := m.scenario()
	if err != nil {
		return nil, err
	}
	s := &mockserver.Server{
		Scenario: scenario, Seed: m.seed, Workers: m.workers, MaxQueue: m.maxQueue, Stateless: m.stateless,
		Journal: m.journal, Clock: &mockserver.Clock{},
	}
	if !m.silent {
		s.Log = m.show
	}
	if err := s.Clock.SetScale(m.scale); err != nil {
		return nil, usagef("--time-scale: %v", err)
	}
	for _, text := range m.faults {
		fault, err := mockserver.ParseFault(text)
		if err != nil {
			return nil, usagef("--fault %s: %v", text, err)
		}
		s.Faults = append(s.Faults, fault)
	}
	if m.keyFile != "" {
		if s.Key, err = os.ReadFile(m.keyFile); err != nil {
			return nil, usagef("--key-file: %v", err)
		}
	}
	if m.tokenFile != "" {
		token, err := os.ReadFile(m.tokenFile)
		if err != nil {
			return nil, usagef("--admin-token-file: %v", err)
		}
		s.AdminToken = strings.TrimSpace(string(token))
	}
	for _, path := range m.grades {
		if reportWriters[filepath.Ext(path)] == nil {
			return nil, usagef("--grade %s: its name ends in .json, .xml or .md", path)
		}
	}
	if err := s.Check(); err != nil {
		return nil, usagef("%v", err)
	}
	return s, nil
}

// crossOrigin says whether a second origin is needed.
func (m *mockCommand) crossOrigin() bool {
	return slices.ContainsFunc(m.faults, func(f string) bool { return strings.Contains(f, "cross-origin") })
}

var reportWriters = map[string]func(mockserver.Report, io.Writer) error{
	".json": mockserver.Report.WriteJSON, ".xml": mockserver.Report.WriteJUnit, ".md": mockserver.Report.WriteMarkdown,
}

// grade writes the reports on the client under test.
func (m *mockCommand) grade(s *mockserver.Server) error {
	if len(m.grades) == 0 {
		return nil
	}
	report := s.Grade()
	for _, path := range m.grades {
		f, err := newAtomicFile(path, 0o644)
		if err != nil {
			return err
		}
		defer f.abandon()
		if err := reportWriters[filepath.Ext(path)](report, f); err != nil {
			return usagef("%v", err)
		}
		if err := f.commit(); err != nil {
			return err
		}
	}
	if report.Clean() {
		return nil
	}
	fmt.Fprintf(m.w.Stderr, "asyncctl: %s\n", render.Clean(report.Err().Error()))
	return exitError(exitNo)
}

func (m *mockCommand) scenario() (mockserver.Scenario, error) {
	values := url.Values{}
	for _, s := range m.set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return mockserver.Scenario{}, usagef("--set %q: write parameter=value", s)
		}
		values.Add(name, value)
	}
	scenario, err := mockserver.ParseScenario(mockserver.Scenario{}, values)
	if err != nil {
		return scenario, usagef("--set: %v", err)
	}
	return scenario, nil
}

// announce tells where it listens: to people, to scripts on stdout, and in a file.
func (m *mockCommand) announce(base string) error {
	if m.urlFile != "" {
		f, err := newAtomicFile(m.urlFile, 0o644)
		if err != nil {
			return err
		}
		defer f.abandon()
		fmt.Fprintln(f, base)
		if err := f.commit(); err != nil {
			return err
		}
	}
	fmt.Fprintln(m.w.Stdout, base)
	if !m.silent {
		fmt.Fprintf(m.w.Stderr, "listening; try: asyncctl submit %s/operations --wait\n", base)
	}
	return nil
}

// show prints one line for a request.
func (m *mockCommand) show(e mockserver.Exchange) {
	line := fmt.Sprintf("%s %-7s %s %d", e.Time.Format("15:04:05.000"), e.Method, render.Clean(e.Path), e.Code)
	if e.Status != "" {
		line += " " + string(e.Status)
	}
	if e.RetryAfter != "" {
		line += " Retry-After=" + e.RetryAfter
	}
	if e.Early {
		line += " EARLY"
	}
	fmt.Fprintln(m.w.Stderr, line)
}
