package cmd_test

import (
	"bufio"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/asyncctl/asyncctl/cmd"
	"github.com/asyncctl/asyncctl/mockserver"
)

func TestMain(m *testing.M) {
	testscript.Main(patient{m}, map[string]func(){"asyncctl": func() { os.Exit(cmd.Main(cmd.Process())) }, "asyncctl-buggy": buggy})
}

// patient runs more scripts at a time than there are processors, unless -parallel says how many:
// they mostly wait.
type patient struct{ *testing.M }

// Run runs the tests.
func (p patient) Run() int {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("6") // a number is always taken
	}
	return p.M.Run()
}

// Each script is one behaviour of the command line. Besides testscript's own commands there are
//
//	mock [-tls|-unix] [QUERY]
//	                   starts a mock server; $MOCK is its URL, $PORT its port, mock.log has a line for
//	                   each request, and ca.pem its certificate
//	wire NAME FILE     starts a server that answers with what the file says, byte for byte; $NAME is
//	                   its URL, NAME.log what it was sent (see wire_test.go)
//	exits CODE ARG...  runs asyncctl and compares the exit code
//	signalled SIGNAL CODE ARG...
//	                   the same, with a signal after the first line of progress
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "HOME="+e.WorkDir, "XDG_STATE_HOME=", "NO_PROXY=*")
			examples, err := filepath.Abs("../docs/examples")
			e.Vars = append(e.Vars, "EXAMPLES="+examples)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"mock": startMock, "wire": startWire, "exits": exits, "signalled": signalled},
	})
}

func startMock(ts *testscript.TestScript, neg bool, args []string) {
	secure, socket := len(args) > 0 && args[0] == "-tls", len(args) > 0 && args[0] == "-unix"
	if secure || socket {
		args = args[1:]
	}
	values, err := url.ParseQuery(strings.Join(args, "&"))
	ts.Check(err)
	scenario, err := mockserver.ParseScenario(mockserver.Scenario{}, values)
	ts.Check(err)
	mock := &mockserver.Server{Scenario: scenario}
	log, err := os.Create(ts.MkAbs("mock.log"))
	ts.Check(err)
	var mu sync.Mutex
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		fmt.Fprintf(log, "%s %s %s %s\n", r.Proto, r.Method, r.Host, r.URL.Path)
		mu.Unlock()
		mock.ServeHTTP(w, r)
	}))
	if socket {
		listener, err := net.Listen("unix", ts.MkAbs("socket"))
		ts.Check(err)
		server.Listener.Close()
		server.Listener = listener
	}
	server.EnableHTTP2 = true
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetHTTP2(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	if secure {
		server.StartTLS()
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), ca, 0o600))
	} else {
		server.Start()
	}
	ts.Defer(func() {
		server.Close()
		log.Close()
	})
	if socket {
		server.URL = "http://localhost:80"
	}
	ts.Setenv("MOCK", server.URL)
	ts.Setenv("PORT", server.URL[strings.LastIndex(server.URL, ":")+1:])
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARG...")
	}
	err := ts.Exec("asyncctl", args[1:]...)
	if got := exitStatus(err); got != args[0] {
		ts.Fatalf("asyncctl exited with %s, want %s", got, args[0])
	}
}

// signalled starts asyncctl, waits for its first line on stderr, sends a signal, and compares the
// exit code: signalled INT 130 wait $MOCK/operations/1
func signalled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: signalled SIGNAL CODE ARG...")
	}
	path, err := exec.LookPath("asyncctl")
	ts.Check(err)
	c := exec.Command(path, args[2:]...)
	c.Dir, c.Env = ts.MkAbs("."), append(os.Environ(), "HOME="+ts.Getenv("HOME"), "NO_PROXY=*")
	stderr, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	said := bufio.NewReader(stderr)
	first, err := said.ReadString('\n')
	ts.Check(err)
	ts.Check(c.Process.Signal(map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill}[args[0]]))
	rest, _ := io.ReadAll(said)
	ts.Check(os.WriteFile(ts.MkAbs("signalled.err"), []byte(first+string(rest)), 0o600))
	if got := exitStatus(c.Wait()); got != args[1] {
		ts.Fatalf("asyncctl exited with %s, want %s; it said:\n%s%s", got, args[1], first, rest)
	}
}

// buggy runs asyncctl in a world that is broken: exits 70.
func buggy() {
	w := cmd.Process()
	w.Stdin = brokenReader{}
	os.Exit(cmd.Main(w))
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { panic("stdin is not what it should be") }
