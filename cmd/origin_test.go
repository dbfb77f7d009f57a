package cmd_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

func newListener(t *testing.T, secure bool, answer http.HandlerFunc) *listener {
	l := &listener{}
	l.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, _ := httputil.DumpRequest(r, true)
		l.mu.Lock()
		l.seen.Write(dump)
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			l.seen.WriteString(secretValue) // the certificate says who the person is
		}
		l.mu.Unlock()
		answer(w, r)
	}))
	if secure {
		l.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		l.StartTLS()
	} else {
		l.Start()
	}
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

func newPair(t *testing.T, secure bool) *pair {
	p := &pair{dir: t.TempDir()}
	done := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"Succeeded","percentComplete":100}`)
	}
	p.stranger = newListener(t, secure, func(w http.ResponseWriter, r *http.Request) { done(w) })
	accepted := func(w http.ResponseWriter, field, url string) {
		w.Header().Set(field, url)
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(202)
	}
	p.home = newListener(t, secure, func(w http.ResponseWriter, r *http.Request) {
		away := p.stranger.URL + "/op"
		switch r.URL.Path {
		case "/location":
			accepted(w, "Location", away)
		case "/operation-location":
			accepted(w, "Operation-Location", away)
		case "/link":
			w.WriteHeader(202)
			fmt.Fprintf(w, `{"status":"running","link":%q}`, away)
		case "/redirect", "/op-redirect":
			http.Redirect(w, r, away, http.StatusTemporaryRedirect)
		case "/result":
			accepted(w, "Location", "/op-result")
		case "/op-result":
			http.Redirect(w, r, away, http.StatusSeeOther)
		case "/moved":
			accepted(w, "Location", "/op-redirect")
		default:
			done(w)
		}
	})
	if !secure {
		p.home.URL = strings.Replace(p.home.URL, "127.0.0.1", "localhost", 1) // netrc knows hosts, not ports
	}
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
		"secret of API": {}, // all API files here have one
	}
}

// certificate is a client certificate, as arguments.
func (p *pair) certificate(t *testing.T) []string {
	t.Helper()
	own := p.home.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})
	pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	var ca bytes.Buffer
	pem.Encode(&ca, &pem.Block{Type: "CERTIFICATE", Bytes: p.home.Certificate().Raw})
	return []string{"--cacert", p.file(t, "ca.pem", ca.String()), "-E", p.file(t, "client.pem", text.String())}
}

// leads are all ways in which a command can come to another origin, with the arguments before the
// credentials.
func (p *pair) leads(t *testing.T) map[string][]string {
	all := p.followed(t)
	for _, more := range []map[string][]string{p.described(t), p.tested(t)} {
		maps.Copy(all, more)
	}
	return all
}

// apiFile writes an API file with a secret, for an origin; status is where its operation "link" is asked for.
func (p *pair) apiFile(t *testing.T, name, origin, status string) string {
	return p.file(t, name, fmt.Sprintf(`asyncctl: 1
url: %s
headers: {X-Api: "Bearer {{secret:TOK}}"}
operations:
  link:
    submit: POST /link
    status: %q
    cancel: %q
  location:
    submit: POST /location
  result:
    submit: POST /link
    status: GET /ok
    result: GET {{/link}}
  moved:
    submit: POST /moved
`, origin, "GET "+status, "POST "+status))
}

// described are the leads of API files.
func (p *pair) described(t *testing.T) map[string][]string {
	home, away := p.home.URL, p.stranger.URL
	link := p.apiFile(t, "home.yaml", home, "{{/link}}")
	literal := p.apiFile(t, "literal.yaml", home, away+"/op")
	other := p.apiFile(t, "other.yaml", away, "{{/link}}")
	handle := p.file(t, "api.handle", fmt.Sprintf(`{"asyncctl_handle":1,"dialect":"generic","state":"running","status_url":%q}`, away+"/op"))
	list := p.file(t, "api.list", `{"operation":"link"}`+"\n"+`{"operation":"location"}`+"\n")
	mixed := p.file(t, "mixed.list", `{"operation":"link"}`+"\n"+fmt.Sprintf(`{"url":%q}`, away+"/ok")+"\n")
	return map[string][]string{
		"API, link in the answer":        {"submit", "link", "--api", link, "--wait"},
		"API, Location":                  {"submit", "location", "--api", link, "--wait"},
		"API, result in the answer":      {"submit", "result", "--api", link, "--wait"},
		"API, redirected status":         {"submit", "moved", "--api", link, "--wait"},
		"API, literal URL elsewhere":     {"submit", "link", "--api", literal, "--wait"},
		"API, URL beside it":             {"submit", home + "/location", "--api", link, "--wait"},
		"API elsewhere, URL beside it":   {"submit", home + "/location", "--api", other, "--wait"},
		"API elsewhere, --url":           {"submit", "location", "--api", other, "--url", home, "--wait"},
		"API, handle elsewhere":          {"wait", handle, "--api", link},
		"API, URL and handle":            {"status", home + "/op", handle, "--api", link},
		"API elsewhere, status of a URL": {"status", home + "/op", "--api", other},
		"API, cancel of a handle":        {"cancel", handle, "--api", link, "--force"},
		"API, batch":                     {"batch", list, "--no-journal", "--api", link},
		"API, batch with a URL":          {"batch", mixed, "--no-journal", "--api", link},
		"API elsewhere, batch, --url":    {"batch", list, "--no-journal", "--api", other, "--url", home},
	}
}

// tested are the leads of the commands that test an API.
func (p *pair) tested(t *testing.T) map[string][]string {
	home, away := p.home.URL, p.stranger.URL
	openapi := func(name, server, path string) string {
		return p.file(t, name, fmt.Sprintf(`{"openapi":"3.0.0","info":{"title":"x","version":"1"},"servers":[{"url":%q}],
"paths":{%q:{"post":{"operationId":"go","responses":{"202":{"description":"accepted"}}}}}}`, server, path))
	}
	link, other := p.apiFile(t, "tested.yaml", home, "{{/link}}"), p.apiFile(t, "elsewhere.yaml", away, "{{/link}}")
	feed := p.file(t, "feed.ndjson", fmt.Sprintf("{\"path\":\"location\",\"host\":%q}\n", strings.TrimPrefix(away, "http://")))
	host := strings.TrimPrefix(strings.TrimPrefix(away, "https://"), "http://")
	return map[string][]string{
		"conformance, Location":            {"conformance", home + "/location"},
		"conformance, Operation-Location":  {"conformance", home + "/operation-location"},
		"conformance, redirected submit":   {"conformance", home + "/redirect"},
		"conformance, redirected status":   {"conformance", home + "/moved"},
		"conformance, redirected result":   {"conformance", home + "/result"},
		"conformance, API":                 {"conformance", "link", "location", "--api", link},
		"conformance, API elsewhere":       {"conformance", "location", "--api", other, "--url", home},
		"conformance, OpenAPI server":      {"conformance", home, "--openapi", openapi("1.json", away, "/location")},
		"conformance, OpenAPI path":        {"conformance", home, "--openapi", openapi("2.json", home, "@"+host+"/x")},
		"conformance, OpenAPI double path": {"conformance", home, "--openapi", openapi("3.json", home, "//"+host+"/x")},
		"loadtest, Location":               {"loadtest", home + "/location"},
		"loadtest, Operation-Location":     {"loadtest", home + "/operation-location"},
		"loadtest, redirected submit":      {"loadtest", home + "/redirect"},
		"loadtest, redirected status":      {"loadtest", home + "/moved"},
		"loadtest, redirected result":      {"loadtest", home + "/result"},
		"loadtest, API":                    {"loadtest", "link", "--api", link},
		"loadtest, API elsewhere":          {"loadtest", "location", "--api", other, "--url", home},
		"loadtest, feed of paths":          {"loadtest", home + "/{{.path}}", "--feed", feed},
		"loadtest, feed of hosts":          {"loadtest", home + "@{{.host}}/x", "--feed", feed},
		"init, Location":                   {"init", home + "/location", "-o", "-"},
		"init, redirected status":          {"init", home + "/moved", "-o", "-"},
		"init, redirected submit":          {"init", home + "/redirect", "-o", "-"},
	}
}

// followed are the leads of the commands that follow operations.
func (p *pair) followed(t *testing.T) map[string][]string {
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

// bounds are the arguments that make a command short.
func bounds(command string) []string {
	switch command {
	case "status":
		return []string{"--progress", "none"}
	case "conformance":
		return []string{"--progress", "none", "--rule", "accepted-status", "--rule", "status-*", "--settle", "0", "--probe-timeout", "2s", "--interval", "1ms"}
	case "loadtest":
		return []string{"--progress", "none", "--operations", "2", "--rate", "100", "--operation-timeout", "2s", "--workers", "1"}
	case "init":
		return []string{"--timeout", "5s", "--interval", "1ms"}
	}
	return []string{"--progress", "none", "--timeout", "5s", "--interval", "1ms", "--max-interval", "1ms"}
}

// run runs a lead with arguments, in an environment of the pair's own.
func (p *pair) run(args ...string) {
	w := world(io.Discard, io.Discard, slices.Concat(args, bounds(args[0]))...)
	w.Env = func(name string) string {
		return map[string]string{"XDG_CONFIG_HOME": p.dir, "XDG_STATE_HOME": p.dir, "HOME": p.dir, "ASYNCCTL_SECRET_TOK": secretValue}[name]
	}
	cmd.Main(w)
}

// What the person configures goes to the origin that the person named, whichever way another one comes
// into play, and to no other: client certificates too.
func TestSecretsStayAtTheirOrigin(t *testing.T) {
	var n, reached atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d combinations, in %d of them the named origin got the secret", n.Load(), reached.Load())
		if reached.Load() < n.Load()/2 {
			t.Errorf("only in %d of %d combinations the named origin got the secret", reached.Load(), n.Load())
		}
	})
	try := func(t *testing.T, p *pair, credential string, secret []string) {
		leads := p.leads(t)
		if len(leads) != 58 {
			t.Errorf("%d leads, want 58: two have the same name", len(leads))
		}
		for lead, args := range leads {
			p.home.reset()
			p.stranger.reset()
			p.run(slices.Concat(args, secret)...)
			n.Add(1)
			if p.stranger.knows() {
				t.Errorf("%s: the other origin got the %s", lead, credential)
			}
			if p.home.knows() {
				reached.Add(1)
			}
		}
	}
	for credential := range newPair(t, false).credentials(t) {
		t.Run(credential, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, false)
			try(t, p, credential, p.credentials(t)[credential])
		})
	}
	t.Run("certificate", func(t *testing.T) {
		t.Parallel()
		p := newPair(t, true)
		try(t, p, "certificate", p.certificate(t))
	})
}

// --trust-origin is what sends it further.
func TestTrustedOriginGetsSecrets(t *testing.T) {
	p := newPair(t, false)
	for lead, args := range p.followed(t) {
		if strings.Contains(lead, "redirected submit") || strings.HasPrefix(lead, "cancel") {
			continue // a redirected POST needs more than trust, and what is over is not cancelled
		}
		p.stranger.reset()
		p.run(slices.Concat(args, []string{"-H", "X-Key: " + secretValue, "--trust-origin", p.stranger.URL})...)
		if !p.stranger.knows() {
			t.Errorf("%s: the trusted origin did not get the header", lead)
		}
	}
}
