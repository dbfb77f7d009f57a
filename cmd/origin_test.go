package cmd_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/cmd"
)

// secretValue is what must reach the named origin alone.
const secretValue = "s3cret-value-of-the-person"

// listener is a server that remembers what it was sent.
type listener struct {
	*httptest.Server
	mu   sync.Mutex
	seen bytes.Buffer
}

func newListener(t *testing.T, answer http.HandlerFunc) *listener {
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, _ := httputil.DumpRequest(r, true)
		l.mu.Lock()
		l.seen.Write(dump)
		l.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

// knows reports whether the secret reached the server, in any of its forms.
func (l *listener) knows() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.seen.String()
	return strings.Contains(text, secretValue) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("me:"+secretValue)))
}

func (l *listener) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen.Reset()
}

// pair is two origins: the one that the person named, and another one to which everything leads.
type pair struct {
	home, stranger *listener
	dir            string
}

func newPair(t *testing.T) *pair {
	p := &pair{dir: t.TempDir()}
	done := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"Succeeded","percentComplete":100}`)
	}
	p.stranger = newListener(t, func(w http.ResponseWriter, r *http.Request) { done(w) })
	p.home = newListener(t, func(w http.ResponseWriter, r *http.Request) {
		away := p.stranger.URL + "/op"
		switch r.URL.Path {
		case "/location":
			w.Header().Set("Location", away)
			w.WriteHeader(202)
		case "/operation-location":
			w.Header().Set("Operation-Location", away)
			w.WriteHeader(202)
		case "/redirect", "/op-redirect":
			http.Redirect(w, r, away, http.StatusTemporaryRedirect)
		case "/result":
			w.Header().Set("Location", "/op-result")
			w.WriteHeader(202)
		case "/op-result":
			http.Redirect(w, r, away, http.StatusSeeOther)
		case "/moved":
			w.Header().Set("Location", "/op-redirect")
			w.WriteHeader(202)
		default:
			done(w)
		}
	})
	p.home.URL = strings.Replace(p.home.URL, "127.0.0.1", "localhost", 1) // netrc knows hosts, not ports
	return p
}

func (p *pair) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// credentials are all ways of giving a secret to a command, as arguments.
func (p *pair) credentials(t *testing.T) map[string][]string {
	config := filepath.Join(p.dir, "asyncctl")
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	p.file(t, "asyncctl/config.yaml", fmt.Sprintf("profiles:\n  home:\n    origin: %s\n    headers:\n      X-Key: %s\n", p.home.URL, secretValue))
	token := p.file(t, "token", secretValue)
	return map[string][]string{
		"header":        {"-H", "X-Key: " + secretValue},
		"authorization": {"-H", "Authorization: Bearer " + secretValue},
		"cookie header": {"-H", "Cookie: sid=" + secretValue},
		"header file":   {"-H", "@" + p.file(t, "headers", "X-Key: "+secretValue+"\n")},
		"user":          {"-u", "me:" + secretValue},
		"user file":     {"-u", "me:@" + token},
		"token file":    {"--token-file", token},
		"token command": {"--token-command", "cat " + token},
		"netrc":         {"--netrc-file", p.file(t, "netrc", "machine localhost login me password "+secretValue+"\n")},
		"profile":       {"--profile", "home"},
	}
}

// leads are all ways in which a command can come to another origin, with the arguments before the
// credentials.
func (p *pair) leads(t *testing.T) map[string][]string {
	handle := func(name, url string) string {
		return p.file(t, name, fmt.Sprintf(`{"asyncctl_handle":1,"dialect":"generic","state":"running","status_url":%q}`, url))
	}
	home, away := p.home.URL, p.stranger.URL
	lines := func(name string, urls ...string) string {
		text := ""
		for _, url := range urls {
			text += fmt.Sprintf("{\"url\":%q}\n", url)
		}
		return p.file(t, name, text)
	}
	return map[string][]string{
		"submit, status URL":             {"submit", home + "/location", "--wait"},
		"submit, Operation-Location":     {"submit", home + "/operation-location", "--wait"},
		"submit, redirected submit":      {"submit", home + "/redirect", "--wait"},
		"submit, redirected result":      {"submit", home + "/result", "--wait"},
		"submit, redirected status":      {"submit", home + "/moved", "--wait"},
		"submit, idempotent, redirected": {"submit", home + "/redirect", "--wait", "-X", "PUT"},
		"wait, redirected status":        {"wait", home + "/op-redirect"},
		"wait, redirected result":        {"wait", home + "/op-result"},
		"wait, handle":                   {"wait", handle("a.handle", away+"/op")},
		"wait, file of a URL":            {"wait", p.file(t, "url.handle", away+"/op\n")},
		"wait, two URLs":                 {"wait", home + "/op", away + "/op"},
		"wait, URL and handle":           {"wait", home + "/op", handle("b.handle", away+"/op")},
		"status, handle":                 {"status", handle("c.handle", away+"/op")},
		"status, two URLs":               {"status", home + "/op", away + "/op"},
		"status, redirected":             {"status", home + "/op-redirect"},
		"cancel, handle":                 {"cancel", handle("d.handle", away+"/op"), "--force"},
		"cancel, two URLs":               {"cancel", home + "/op", away + "/op", "--force"},
		"cancel, redirected":             {"cancel", home + "/op-redirect", "--force"},
		"batch, line elsewhere":          {"batch", lines("1.list", home+"/ok", away+"/ok"), "--no-journal"},
		"batch, status URLs":             {"batch", lines("2.list", home+"/location"), "--no-journal"},
		"batch, --url and line":          {"batch", lines("3.list", away+"/ok"), "--no-journal", "--url", home + "/ok"},
	}
}

// What the person configures goes to the origin that the person named, whichever way another one comes
// into play, and to no other.
func TestSecretsStayAtTheirOrigin(t *testing.T) {
	p := newPair(t)
	n, reached := 0, 0
	for credential, secret := range p.credentials(t) {
		for lead, args := range p.leads(t) {
			p.home.reset()
			p.stranger.reset()
			args = append(append([]string{}, args...), secret...)
			args = append(args, "--progress", "none")
			if args[0] != "status" {
				args = append(args, "--timeout", "5s", "--interval", "1ms", "--max-interval", "1ms")
			}
			w := world(&bytes.Buffer{}, &bytes.Buffer{}, args...)
			w.Env = func(name string) string {
				return map[string]string{"XDG_CONFIG_HOME": p.dir, "XDG_STATE_HOME": p.dir, "HOME": p.dir}[name]
			}
			cmd.Main(w)
			n++
			if p.stranger.knows() {
				t.Errorf("%s: the other origin got the %s", lead, credential)
			}
			if p.home.knows() {
				reached++
			}
		}
	}
	t.Logf("%d combinations, in %d of them the named origin got the secret", n, reached)
	if reached < n/2 {
		t.Errorf("only in %d of %d combinations the named origin got the secret", reached, n)
	}
}

// --trust-origin is what sends it further.
func TestTrustedOriginGetsSecrets(t *testing.T) {
	p := newPair(t)
	for lead, args := range p.leads(t) {
		if strings.Contains(lead, "redirected submit") || strings.HasPrefix(lead, "cancel") {
			continue // a redirected POST needs more than trust, and what is over is not cancelled
		}
		p.stranger.reset()
		args = append(append([]string{}, args...), "-H", "X-Key: "+secretValue, "--trust-origin", p.stranger.URL, "--progress", "none")
		if args[0] != "status" {
			args = append(args, "--timeout", "5s", "--interval", "1ms", "--max-interval", "1ms")
		}
		w := world(&bytes.Buffer{}, &bytes.Buffer{}, args...)
		cmd.Main(w)
		if !p.stranger.knows() {
			t.Errorf("%s: the trusted origin did not get the header", lead)
		}
	}
}
