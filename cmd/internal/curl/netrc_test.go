package curl

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNetrcEntry(t *testing.T) {
	for _, c := range []struct {
		name, content, host string
		want                string // login and password; "none" for no entry
	}{
		{"one line", "machine h login me password pw", "h", "me pw"},
		{"one word a line", "machine\nh\nlogin\nme\npassword\npw\n", "h", "me pw"},
		{"tabs and CRLF", "machine\th\r\n\tlogin me\r\n\tpassword pw\r\n", "h", "me pw"},
		{"hosts have no case", "machine API.Example.com login me password pw", "api.example.COM", "me pw"},
		{"the password first", "machine h password pw login me", "h", "me pw"},
		{"an account between", "machine h login me account login password pw", "h", "me pw"},
		{"the first of two entries", "machine h login a password b\nmachine h login c password d", "h", "a b"},
		{"the second machine", "machine x login a password b\nmachine h login c password d", "h", "c d"},
		{"not the next one's words", "machine h login a\nmachine x password b", "h", "a "},
		{"only a password", "machine h password pw", "h", " pw"},
		{"neither", "machine h\nmachine x login a password b", "h", "none"},
		{"another host", "machine x login a password b", "h", "none"},
		{"a subdomain is another host", "machine example.com login a password b", "api.example.com", "none"},
		{"a parent is another host", "machine api.example.com login a password b", "example.com", "none"},
		{"the default", "machine x login a password b\ndefault login c password d", "h", "c d"},
		{"an entry beats the default", "machine h login a password b\ndefault login c password d", "h", "a b"},
		{"the default ends the list", "default login c password d\nmachine h login a password b", "h", "c d"},
		{"an empty default", "default", "h", "none"},
		{"a comment line", "# machine h login a password b\nmachine h login c password d", "h", "c d"},
		{"a comment behind", "machine h login me # password no\npassword pw", "h", "me pw"},
		{"a password with a hash in it", "machine h login me password a#b", "h", "me a#b"},
		{"a password that begins with a hash", "machine h login me password #secret", "h", "me #secret"},
		{"a password that is a keyword", "machine h login default password machine", "h", "default machine"},
		{"a host called default", "machine default login a password b\nmachine h login c password d", "h", "c d"},
		{"a macro", "macdef init\ncd /pub\nmachine h login no password no\n\nmachine h login me password pw", "h", "me pw"},
		{"a macro inside an entry", "machine h login me\nmacdef init\npassword no\n\npassword pw", "h", "me pw"},
		{"a macro up to the end", "machine h login me password pw\nmacdef init\npassword no", "h", "me pw"},
		{"a password called macdef", "machine h login me password macdef\nmachine x login a password b", "x", "a b"},
		{"quoted", `machine h login "my name" password "p w"`, "h", "my name p w"},
		{"quoted escapes", `machine h login "a\"b" password "c\\d\n\r\t\x"`, "h", "a\"b c\\d\n\r\tx"},
		{"a quote that stays open", "machine h login me password \"p w\nmachine x login a password b", "h", "me p w"},
		{"a quote inside a word", `machine h login me password p"w`, "h", `me p"w`},
		{"an empty quoted password", `machine h login me password ""`, "h", "me "},
		{"cut off at the host", "machine", "h", "none"},
		{"cut off at the password", "machine h login me password", "h", "me "},
		{"words of the future", "machine h protocol https login me password pw", "h", "me pw"},
		{"empty", "", "h", "none"},
		{"an empty host is nobody's", "machine x login a password b", "", "none"},
		{"an address", "machine ::1 login me password pw", "::1", "me pw"},
	} {
		t.Run(c.name, func(t *testing.T) {
			login, password, ok := netrcEntry(c.content, c.host)
			got := login + " " + password
			if !ok {
				got = "none"
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Where --netrc looks: the flag's file, then $NETRC, then ~/.netrc.
func TestNetrcIsFound(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".netrc"), "machine h login home password x")
	other := write(t, filepath.Join(dir, "other"), "machine h login other password x")
	file := write(t, filepath.Join(dir, "file"), "machine h login file password x")
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"at home", []string{"-n"}, map[string]string{"HOME": dir}, "home"},
		{"where NETRC says", []string{"-n"}, map[string]string{"HOME": dir, "NETRC": other}, "other"},
		{"where the flag says", []string{"--netrc-file", file}, map[string]string{"HOME": dir, "NETRC": other}, "file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := newHeader(t, c.args...)
			if !head.UsesNetrc() {
				t.Error("it does not use netrc")
			}
			from, err := head.Credentials("https://h:8443/x", World{Env: func(name string) string { return c.env[name] }})
			if err != nil {
				t.Fatal(err)
			}
			h, err := from(t.Context(), false)
			if user, password, ok := basicOf(h); err != nil || !ok || user != c.want || password != "x" {
				t.Errorf("got %v, %v; want the user %s", h, err, c.want)
			}
		})
	}
}

func TestNetrcWithoutCredentials(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "netrc"), "machine h login me password s3cret")
	for _, c := range []struct {
		name, target string
		args         []string
		err          string
	}{
		{"no entry", "https://other/", []string{"--netrc-file", file}, ""},
		{"a URL that is none", "http://h/%zz", []string{"--netrc-file", file}, ""},
		{"-u beats it", "https://h/", []string{"--netrc-file", file, "-u", "a:b"}, ""},
		{"no file", "https://h/", []string{"--netrc-file", file + ".not"}, "--netrc: open "},
		{"not asked for", "https://h/", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := newHeader(t, c.args...)
			from, err := head.Credentials(c.target, World{Env: os.Getenv})
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("error %v, want one about %q", err, c.err)
			}
			if from != nil {
				t.Error("there are credentials")
			}
		})
	}
}

// Whatever a netrc file holds: what comes out was in it, and only a file that names the host or a
// default has an entry.
func FuzzNetrc(f *testing.F) {
	f.Add("machine h login me password pw", "h")
	f.Add("default login \"a\\\"b\" password \"\\n", "h")
	f.Add("macdef x\n\nmachine h login # password #x", "h")
	f.Add("machine h password \"", "")
	f.Fuzz(func(t *testing.T, content, host string) {
		login, password, ok := netrcEntry(content, host)
		if !ok && login+password != "" && !strings.Contains(content, "machine") && !strings.Contains(content, "default") {
			t.Errorf("%q, %q from nowhere", login, password)
		}
		if !ok {
			return
		}
		if login == "" && password == "" {
			t.Error("an entry without a login and a password")
		}
		if len(login)+len(password) > len(content) {
			t.Errorf("%q, %q are longer than the file", login, password)
		}
		quoted := strings.ContainsAny(content, `"`)
		for _, v := range []string{login, password} {
			if !quoted && (strings.ContainsAny(v, " \t\n") || !strings.Contains(content, v)) {
				t.Errorf("%q is not a word of the file", v)
			}
		}
		if !quoted && !strings.Contains(content, "default") && !strings.Contains(strings.ToLower(content), strings.ToLower(host)) && isASCII(content+host) {
			t.Errorf("an entry for %q, which the file does not name", host)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

func basicOf(h http.Header) (user, password string, ok bool) {
	return (&http.Request{Header: h}).BasicAuth()
}
