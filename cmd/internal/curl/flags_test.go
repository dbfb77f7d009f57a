package curl

import (
	"os"
	"testing"

	"github.com/spf13/pflag"
)

// parse binds and reads flags; the words must be right.
func parse(t testing.TB, bind func(*pflag.FlagSet), args ...string) {
	t.Helper()
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	bind(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
}

func newRequest(t testing.TB, args ...string) *Request {
	t.Helper()
	r := new(Request)
	parse(t, r.Bind, args...)
	return r
}

func newHeader(t testing.TB, args ...string) *Header {
	t.Helper()
	h := new(Header)
	parse(t, h.Bind, args...)
	return h
}

func newConnection(t testing.TB, args ...string) *Connection {
	t.Helper()
	c := new(Connection)
	parse(t, c.Bind, args...)
	return c
}

// write makes a file and returns its path.
func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The three sets of flags are bound to one command: no name may be taken twice, and each flag says
// what it is for.
func TestFlagsFitTogether(t *testing.T) {
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	new(Request).Bind(fs)
	new(Header).Bind(fs)
	new(Connection).Bind(fs)
	n := 0
	fs.VisitAll(func(f *pflag.Flag) {
		n++
		if f.Usage == "" {
			t.Errorf("--%s has no explanation", f.Name)
		}
		if f.DefValue != "" && f.DefValue != "[]" && f.DefValue != "false" && f.DefValue != "0" {
			t.Errorf("--%s has the default %q; the zero value is the default", f.Name, f.DefValue)
		}
	})
	if n != 30 {
		t.Errorf("%d flags, want 30: a new one needs a test here", n)
	}
	// curl's own letters.
	for short, long := range map[string]string{"X": "request", "d": "data", "F": "form", "H": "header", "u": "user", "A": "user-agent", "n": "netrc", "k": "insecure", "E": "cert", "x": "proxy"} {
		if f := fs.ShorthandLookup(short); f == nil || f.Name != long {
			t.Errorf("-%s is not --%s", short, long)
		}
	}
}

// Repeated flags have the type that the environment's reader looks for: one value a line.
func TestRepeatedFlagsSayThatTheyAre(t *testing.T) {
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	new(Request).Bind(fs)
	for _, name := range []string{"data", "data-binary", "data-raw", "data-urlencode", "json", "form"} {
		if got := fs.Lookup(name).Value.Type(); got != "stringArray" {
			t.Errorf("--%s has the type %q, want stringArray", name, got)
		}
	}
}
