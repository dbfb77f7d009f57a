package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockCommand runs the mock on its own.
type mockCommand struct {
	w       World
	listen  string
	urlFile string
	set     []string
	seed    uint64
	silent  bool
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

` + parameterHelp(),
		Example: `  asyncctl mockserver
  asyncctl mockserver --listen 127.0.0.1:8080 --set duration=10s --set retry-after=2
  curl -i -X POST 'http://127.0.0.1:8080/operations?duration=5s&outcome=failed'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.run(c.Context()) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&m.listen, "listen", "127.0.0.1:8202", "`address` to listen on; port 0 picks a free one")
	fs.StringArrayVar(&m.set, "set", nil, "`parameter=value` for every operation that does not say otherwise")
	fs.StringVar(&m.urlFile, "url-file", "", "write the URL to this `file` once it listens")
	fs.Uint64Var(&m.seed, "seed", 0, "make the operations' ids reproducible; 0: they cannot be guessed")
	fs.BoolVarP(&m.silent, "silent", "s", false, "do not show the requests")
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
	scenario, err := m.scenario()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", m.listen)
	if err != nil {
		return usagef("--listen %s: %v", m.listen, err)
	}
	handler := &mockserver.Server{Scenario: scenario, Seed: m.seed}
	if !m.silent {
		handler.Log = m.show
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	if err := m.announce("http://" + listener.Addr().String()); err != nil {
		server.Close()
		<-done
		return err
	}
	select {
	case err = <-done:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(grace) != nil {
			server.Close()
		}
		err = <-done
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
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
