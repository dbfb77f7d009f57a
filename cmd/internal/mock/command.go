package mock

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/mockserver"
)

// Command runs the mock on its own.
type Command struct {
	World     app.World
	Where     mockListen
	What      mockScenario
	Who       mockAuth
	Dialect   string
	Faults    []string
	Seed      uint64
	Workers   int
	MaxQueue  int
	Scale     float64
	Stateless bool
	KeyFile   string
	Journal   int
	MaxStored int
	Grades    []string
	FailOn    string   // of the grade: error, warning or never
	Ignore    []string // rules of the grade
	Bodies    bool
	BasePath  string
	CORS      []string
	Callbacks []string
	Silent    bool
	API       apifile.Flags

	path string // of the API file's url
}

// ParameterHelp lists the mock's vocabulary.
func ParameterHelp() string {
	var b strings.Builder
	for _, p := range mockserver.Parameters() {
		fmt.Fprintf(&b, "  %-15s %s\n", p.Name, p.Allowed)
	}
	return strings.TrimRight(b.String(), "\n")
}

// heapFloor is a block that is never touched, so that it takes no memory, but counts as heap: without
// it the garbage of a few thousand polls, sixty times a second, would be reason enough to collect it.
const heapFloor = 64 << 20

func (m *Command) Run(ctx context.Context) error {
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	handler, err := m.server()
	if err != nil {
		return err
	}
	if err := m.Where.withdraw(); err != nil {
		return err
	}
	defer m.Where.withdraw()
	listeners, err := m.Where.listeners()
	if err != nil {
		return err
	}
	defer listeners.Close()
	if !m.Silent {
		listeners.errors = m.World.Stderr
	}
	if m.Where.admin != "" || needsStranger(handler) {
		if handler.Stranger, err = listeners.Serve("--dialect", "127.0.0.1:0", handler.StrangerHandler()); err != nil {
			return err
		}
	}
	if err := handler.Check(); err != nil {
		return app.Usagef("%v", err)
	}
	base, err := listeners.Serve("--listen", m.Where.address, handler)
	if err != nil {
		return err
	}
	admin := ""
	if m.Where.admin != "" {
		if admin, err = listeners.Serve("--admin", m.Where.admin, handler.Admin()); err != nil {
			return err
		}
		fmt.Fprintf(m.World.Stderr, "administration at %s%s\n", admin, mockserver.AdminPrefix)
	}
	if len(handler.Faults) > 0 {
		fmt.Fprintf(m.World.Stderr, "seed %d\n%s", handler.FaultSeed(), idleFaults(handler))
	}
	base += m.path
	if err := m.Where.announce(ctx, m.World, handler, base, admin); err != nil {
		return err
	}
	if !m.Silent {
		fmt.Fprintf(m.World.Stderr, "listening; try: %s\n", m.try(handler, base))
	}
	<-ctx.Done()
	handler.Close() // who is held is answered
	listeners.Close()
	return m.grade(handler)
}

// server builds the mock.
func (m *Command) server() (*mockserver.Server, error) {
	if m.Workers < 0 || m.MaxQueue < 0 || m.Journal < 0 || m.MaxStored < 0 {
		return nil, app.Usagef("--workers, --max-queue, --journal and --max-operations are not negative")
	}
	if err := m.Where.check(); err != nil {
		return nil, err
	}
	if err := app.OneOf("--grade-fail-on", m.FailOn, "error", "warning", "never"); err != nil {
		return nil, err
	}
	if _, err := (mockserver.Report{}).Without(m.Ignore...); err != nil {
		return nil, app.Usagef("--grade-ignore: %v", err)
	}
	for _, path := range m.Grades {
		if reportWriters[filepath.Ext(path)] == nil {
			return nil, app.Usagef("--grade %s: its name ends in .json, .xml or .md", path)
		}
		if err := app.Writable(path); err != nil { // now, not when the client is done
			return nil, err
		}
	}
	s, err := m.base()
	if err != nil {
		return nil, err
	}
	s.Seed, s.Stateless, s.Journal, s.JournalBodies, s.MaxOperations = m.Seed, m.Stateless, m.Journal, m.Bodies, m.MaxStored
	s.BasePath, s.CallbackOrigins, s.AdminHosts = m.BasePath, m.Callbacks, m.Where.adminHosts
	s.CORS = append(s.CORS, m.CORS...)
	if s.Clock == nil {
		s.Clock = &mockserver.Clock{}
	}
	s.Workers, s.MaxQueue = cmp.Or(m.Workers, s.Workers), cmp.Or(m.MaxQueue, s.MaxQueue)
	if !m.Silent {
		s.Log = m.show
	}
	for _, text := range m.Faults {
		fault, err := parseFault(text)
		if err != nil {
			return nil, app.Usagef("--fault %s: %v", text, err)
		}
		s.Faults = append(s.Faults, fault)
	}
	if m.Scale != 1 {
		if err := s.Clock.SetScale(m.Scale); err != nil {
			return nil, app.Usagef("--time-scale: %v", err)
		}
	}
	return s, m.secrets(s)
}

// secrets reads what is kept in files.
func (m *Command) secrets(s *mockserver.Server) (err error) {
	if m.KeyFile != "" {
		if s.Key, err = bounded.File(m.KeyFile, maxSecret); err != nil {
			return app.Usagef("--key-file: %v", err)
		}
	}
	if s.AdminToken, err = m.Where.token(); err != nil {
		return err
	}
	s.Auth, err = m.Who.auth()
	return err
}

// crossOrigin reports whether a second origin is needed.
func crossOrigin(faults []mockserver.Fault) bool {
	return slices.ContainsFunc(faults, func(f mockserver.Fault) bool { return strings.Contains(f.Name, "cross-origin") })
}

var reportWriters = map[string]func(mockserver.Report, io.Writer) error{
	".json": mockserver.Report.WriteJSON, ".xml": mockserver.Report.WriteJUnit, ".md": mockserver.Report.WriteMarkdown,
}

// grade writes the reports on the client under test.
func (m *Command) grade(s *mockserver.Server) error {
	if len(m.Grades) == 0 {
		return nil
	}
	report, err := s.Grade().Without(m.Ignore...)
	if err != nil {
		return app.Usagef("--grade-ignore: %v", err)
	}
	for _, path := range m.Grades {
		f, err := app.Create(context.Background(), path, app.Public)
		if err != nil {
			return err
		}
		defer f.Abandon()
		if err := reportWriters[filepath.Ext(path)](report, f); err != nil {
			return app.Usagef("%v", err)
		}
		if err := f.Commit(); err != nil {
			return err
		}
	}
	if report.Clean() {
		return nil
	}
	fmt.Fprintf(m.World.Stderr, "asyncctl: the client under test:\n%s\n", render.CleanText(report.Err().Error()))
	if !m.fails(report) {
		return nil
	}
	return app.Exit(app.ExitNo)
}

// fails reports whether the grade makes the exit code 1. That there was no client
// is no grade at all.
func (m *Command) fails(r mockserver.Report) bool {
	if r.Operations == 0 {
		return true
	}
	return slices.ContainsFunc(r.Findings, func(f mockserver.Finding) bool {
		return m.FailOn == "warning" || m.FailOn == "error" && f.Severity == mockserver.SeverityError
	})
}

// show prints one line for a request.
func (m *Command) show(e mockserver.Exchange) {
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
	fmt.Fprintln(m.World.Stderr, line)
}
