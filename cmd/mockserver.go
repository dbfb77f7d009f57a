package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/cmd/internal/scenario"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockCommand runs the mock on its own.
type mockCommand struct {
	w         World
	where     mockListen
	what      mockScenario
	who       mockAuth
	dialect   string
	faults    []string
	seed      uint64
	workers   int
	maxQueue  int
	scale     float64
	stateless bool
	keyFile   string
	journal   int
	maxStored int
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
stderr. It ends at Ctrl-C. GET /healthz answers 200 as long as it serves.

What an operation does is set for all with --set, and for one by the query of the submit's URL or
its Asyncctl-Scenario header, in the same words; a --scenario file has conditions, probabilities and
latencies, too:

` + parameterHelp() + `

--dialect lets it speak like another family of APIs: "asyncctl mockserver dialects" lists them, with a
submit that each takes. With --dialect all, each is below its name: /google-lro/v1/books.

--fault makes it hurt, in one of the ways in which real servers do: "asyncctl mockserver faults"
lists them, "asyncctl explain NAME" says what a fault exposes. A fault that has no place in the
dialect is refused. --grade writes a report on the client
under test when the mock ends, and makes the exit code 1 if it has something to say.`,
		Example: `  asyncctl mockserver
  asyncctl mockserver --listen 127.0.0.1:8080 --set duration=10s --set retry-after=2
  asyncctl mockserver --dialect azure-oploc
  asyncctl mockserver --scenario mine.yaml --admin 127.0.0.1:8203
  asyncctl mockserver --tls auto --tls-ca-file ca.pem --auth bearer:@tokens --auth-expires 30s
  asyncctl mockserver --fault lost-202:p=0.1 --fault 429-storm --seed 7 --grade report.md
  asyncctl mockserver --workers 4 --set duration=30s --time-scale 60 --admin 127.0.0.1:8203
  curl -i -X POST 'http://127.0.0.1:8080/operations?duration=5s&outcome=failed'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.run(c.Context()) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	m.where.bind(fs)
	m.what.bind(fs)
	m.who.bind(fs)
	fs.StringVar(&m.dialect, "dialect", "", "speak like this family of APIs: `NAME`, or all")
	fs.StringArrayVar(&m.faults, "fault", nil, "do this wrong: `NAME[:p=0.1,nth=3,first=2,after=5s,...]`")
	fs.Uint64Var(&m.seed, "seed", 0, "make ids and chance reproducible; 0: ids cannot be guessed")
	fs.IntVar(&m.workers, "workers", 0, "operations that run at the same time, the others wait in a queue; 0 for no bound")
	fs.IntVar(&m.maxQueue, "max-queue", 0, "operations that may wait for a worker; beyond it submits are answered with 503")
	fs.Float64Var(&m.scale, "time-scale", 1, "let time pass so many times as fast")
	fs.BoolVar(&m.stateless, "stateless", false, "let the id of an operation carry all of it: replicas with one --key-file answer for each other")
	fs.StringVar(&m.keyFile, "key-file", "", "`file` with the key that authenticates such ids")
	fs.IntVar(&m.journal, "journal", 1000, "requests that are remembered, for --grade and the administration")
	fs.IntVar(&m.maxStored, "max-operations", 0, "operations that are stored; beyond it submits are answered with 503; 0 for 100000")
	fs.StringArrayVar(&m.grades, "grade", nil, "write a report on the client under test at the end to this `file`: .json, .xml (JUnit) or .md")
	fs.BoolVarP(&m.silent, "silent", "s", false, "do not show the requests")
	c.AddCommand(newMockDialects(w), newMockFaults(w), newMockScenarios(w))
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

// heapFloor is a block that is never touched, so that it takes no memory, but counts as heap: without
// it the garbage of a few thousand polls, sixty times a second, would be reason enough to collect it.
const heapFloor = 64 << 20

func (m *mockCommand) run(ctx context.Context) error {
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	handler, err := m.server()
	if err != nil {
		return err
	}
	listeners, err := m.where.listeners()
	if err != nil {
		return err
	}
	defer listeners.close()
	if !m.silent {
		listeners.errors = m.w.Stderr
	}
	if m.where.admin != "" || needsStranger(handler) {
		if handler.Stranger, err = listeners.serve("--dialect", "127.0.0.1:0", handler.StrangerHandler()); err != nil {
			return err
		}
	}
	if err := handler.Check(); err != nil {
		return usagef("%v", err)
	}
	base, err := listeners.serve("--listen", m.where.address, handler)
	if err != nil {
		return err
	}
	admin := ""
	if m.where.admin != "" {
		if admin, err = listeners.serve("--admin", m.where.admin, handler.Admin()); err != nil {
			return err
		}
		fmt.Fprintf(m.w.Stderr, "administration at %s%s\n", admin, mockserver.AdminPrefix)
	}
	if len(handler.Faults) > 0 {
		fmt.Fprintf(m.w.Stderr, "seed %d\n%s", handler.FaultSeed(), idleFaults(handler))
	}
	if err := m.where.announce(m.w, handler, base, admin); err != nil {
		return err
	}
	if !m.silent {
		fmt.Fprintf(m.w.Stderr, "listening; try: %s\n", trySubmit(handler, base))
	}
	<-ctx.Done()
	listeners.close()
	return m.grade(handler)
}

// server builds the mock.
func (m *mockCommand) server() (*mockserver.Server, error) {
	if m.workers < 0 || m.maxQueue < 0 || m.journal < 0 || m.maxStored < 0 {
		return nil, usagef("--workers, --max-queue, --journal and --max-operations are not negative")
	}
	if err := m.where.check(); err != nil {
		return nil, err
	}
	for _, path := range m.grades {
		if reportWriters[filepath.Ext(path)] == nil {
			return nil, usagef("--grade %s: its name ends in .json, .xml or .md", path)
		}
		f, err := newAtomicFile(path, 0o644) // now, not when the client is done
		if err != nil {
			return nil, err
		}
		f.abandon()
	}
	s := &mockserver.Server{
		Dialect: m.dialect, Seed: m.seed, Workers: m.workers, MaxQueue: m.maxQueue, Stateless: m.stateless,
		Journal: m.journal, MaxOperations: m.maxStored, Clock: &mockserver.Clock{},
	}
	if !m.silent {
		s.Log = m.show
	}
	for _, text := range m.faults {
		fault, err := mockserver.ParseFault(text)
		if err != nil {
			return nil, usagef("--fault %s: %v", text, err)
		}
		s.Faults = append(s.Faults, fault)
	}
	file, err := m.what.file()
	if err != nil {
		return nil, err
	}
	file.Apply(s)
	if scale := m.timeScale(file); scale != 1 {
		if err := s.Clock.SetScale(scale); err != nil {
			return nil, usagef("--time-scale: %v", err)
		}
	}
	return s, m.secrets(s)
}

// timeScale is that of the flag, or of the file if the flag says nothing.
func (m *mockCommand) timeScale(file *scenario.File) float64 {
	if file.TimeScale != 0 && m.scale == 1 {
		return file.TimeScale
	}
	return m.scale
}

// secrets reads what is kept in files.
func (m *mockCommand) secrets(s *mockserver.Server) (err error) {
	if m.keyFile != "" {
		if s.Key, err = os.ReadFile(m.keyFile); err != nil {
			return usagef("--key-file: %v", err)
		}
	}
	if s.AdminToken, err = m.where.token(); err != nil {
		return err
	}
	s.Auth, err = m.who.auth()
	return err
}

// crossOrigin says whether a second origin is needed.
func crossOrigin(faults []mockserver.Fault) bool {
	return slices.ContainsFunc(faults, func(f mockserver.Fault) bool { return strings.Contains(f.Name, "cross-origin") })
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
	fmt.Fprintf(m.w.Stderr, "asyncctl: the client under test:\n%s\n", render.CleanText(report.Err().Error()))
	return exitError(exitNo)
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
