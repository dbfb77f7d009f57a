package poller_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// secrets are what a person may have configured; none of it may reach another origin. The names are
// deliberately not only the well-known ones.
var secrets = http.Header{
	"Authorization": {"Bearer s3cret"}, "Cookie": {"session=s3cret"}, "X-Api-Key": {"s3cret"}, "Api-Key": {"s3cret"},
	"X-Auth-Token": {"s3cret"}, "X-Functions-Key": {"s3cret"}, "Ocp-Apim-Subscription-Key": {"s3cret"},
	"Proxy-Authorization": {"s3cret"}, "X-My-Own": {"s3cret"},
}

// listener is one origin that writes down what it was sent.
type listener struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

func newListener(t *testing.T, handler http.HandlerFunc) *listener {
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		dump := r.Method + " " + r.URL.String() + "\n"
		for name, values := range r.Header {
			dump += name + ": " + strings.Join(values, ",") + "\n"
		}
		l.mu.Lock()
		l.seen = append(l.seen, dump+string(body))
		l.mu.Unlock()
		handler(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

// The server sends us to another origin in every way there is: our headers, credentials, cookies
// and content stay at home. (Go's own redirects would keep most of them: only the host name counts
// there, and only for a few well-known fields.)
func TestNothingLeavesForAnotherOrigin(t *testing.T) {
	asks := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(401)
		}
	}
	for _, c := range []struct {
		name    string
		submit  func(away string) http.HandlerFunc
		poll    func(away string) http.HandlerFunc
		away    http.HandlerFunc
		outcome lro.Outcome
		reason  lro.Reason
		visits  bool
	}{
		{"the status URL is elsewhere and open", to(202), nil, answer(200, "", "done"), lro.Succeeded, "", true},
		{"the status URL is elsewhere and asks for credentials", to(202), nil, asks, lro.Lost, lro.CredentialsWithheld, true},
		{"the status URL moves and asks for credentials", here, to(202), asks, lro.Lost, lro.CredentialsWithheld, true},
		{"303 to a result elsewhere", here, to(303), answer(200, "", "done"), lro.Succeeded, "", true},
		{"302 to a result elsewhere", here, to(302), answer(200, "", "done"), lro.Succeeded, "", true},
		{"307 of a poll", here, to(307), answer(200, "", "done"), lro.Succeeded, "", true},
		{"308 of a poll", here, to(308), asks, lro.Lost, lro.CredentialsWithheld, true},
		{"303 of the submit", to(303), nil, answer(200, "", "done"), lro.Succeeded, "", true},
		{"307 of the submit", to(307), nil, asks, lro.Refused, lro.ForbiddenHop, false},
		{"308 of the submit", to(308), nil, asks, lro.Refused, lro.ForbiddenHop, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			away := newListener(t, c.away)
			home := newListener(t, func(w http.ResponseWriter, r *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "sticky", Value: "s3cret"})
				if r.Method == "POST" {
					c.submit(away.URL)(w, r)
					return
				}
				c.poll(away.URL)(w, r)
			})
			withheld := false
			client := &poller.Client{
				Header: secrets, Pace: lro.Pace{Min: time.Millisecond, Growth: 1},
				Credentials: func(context.Context, bool) (http.Header, error) {
					return http.Header{"X-Token": {"s3cret"}}, nil
				},
				Observe: func(e poller.Event) {
					withheld = withheld || e.Note != nil && e.Note.Code == "credentials-withheld"
				},
			}
			res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: home.URL + "/reports",
				Header: http.Header{"Content-Type": {"text/plain"}, "Idempotency-Key": {`"s3cret"`}}, Body: []byte("s3cret order")})
			op := lro.Operation{}
			var failed *poller.Error
			if errors.As(err, &failed) {
				op = failed.Operation
			} else {
				op = res.Operation
				res.Body.Close()
			}
			if op.Outcome != c.outcome || op.Reason != c.reason {
				t.Errorf("got %v %q, want %v %q (%v)", op.Outcome, op.Reason, c.outcome, c.reason, err)
			}
			if visited := len(away.seen) > 0; visited != c.visits || withheld != c.visits {
				t.Errorf("visited %v, told so %v; want %v", visited, withheld, c.visits)
			}
			for _, request := range away.seen {
				if strings.Contains(request, "s3cret") || strings.Contains(request, "Referer") {
					t.Errorf("another origin was sent:\n%s", request)
				}
			}
			if !strings.Contains(strings.Join(home.seen, ""), "Bearer s3cret") {
				t.Error("the origin that was named got no credentials")
			}
		})
	}
}

// to answers with a status and a Location at another origin.
func to(status int) func(string) http.HandlerFunc {
	return func(away string) http.HandlerFunc { return answer(status, "Location: "+away+"/there", "") }
}

func here(string) http.HandlerFunc { return accepted("0") }

// An origin that the person trusts is like the one that was named.
func TestTrustedOriginGetsTheCredentials(t *testing.T) {
	away := newListener(t, answer(200, "", "done"))
	home := newListener(t, to(307)(away.URL))
	client := &poller.Client{Header: secrets, Policy: lro.Policy{Trust: []string{lro.Origin(away.URL)}}}
	res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: home.URL, Body: []byte("order")})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := away.seen[0]; !strings.HasPrefix(got, "POST") || !strings.Contains(got, "Bearer s3cret") || !strings.HasSuffix(got, "order") {
		t.Errorf("the trusted origin was sent:\n%s", got)
	}
}

// A handle that was read has no home: its status URL gets nothing.
func TestHandleFromElsewhereGetsNothing(t *testing.T) {
	away := newListener(t, answer(200, "", "done"))
	op, err := lro.Resume(away.URL)
	if err != nil {
		t.Fatal(err)
	}
	op.Home = ""
	res, err := (&poller.Client{Header: secrets}).Wait(t.Context(), op)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if strings.Contains(away.seen[0], "s3cret") {
		t.Errorf("it was sent:\n%s", away.seen[0])
	}
}

func TestCookiesStayWithTheirOrigin(t *testing.T) {
	var home *listener
	away := newListener(t, answer(200, "", "done"))
	home = newListener(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			http.SetCookie(w, &http.Cookie{Name: "sticky", Value: "node7", Path: "/"})
			accepted("0")(w, r)
			return
		}
		to(303)(away.URL)(w, r)
	})
	client := &poller.Client{Header: http.Header{"Cookie": {"own=1"}}}
	for range 2 { // nothing is kept from one operation to the next
		res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: home.URL})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	for i, want := range []string{"Cookie: own=1\n", "Cookie: own=1; sticky=node7\n", "Cookie: own=1\n", "Cookie: own=1; sticky=node7\n"} {
		if !strings.Contains(home.seen[i], want) {
			t.Errorf("request %d has no %q:\n%s", i, want, home.seen[i])
		}
	}
	if strings.Contains(strings.Join(away.seen, ""), "Cookie") {
		t.Errorf("a cookie went to another origin:\n%s", away.seen)
	}
}

func TestHostHeaderIsForHome(t *testing.T) {
	var hosts []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hosts = append(hosts, r.Host) }))
	defer server.Close()
	res, err := (&poller.Client{Header: http.Header{"Host": {"api.internal"}}}).Do(t.Context(), lro.Request{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if hosts[0] != "api.internal" {
		t.Errorf("Host = %q", hosts[0])
	}
}

// TestWhatTheCallerSaysBeatsTheDialect: a field that the dialect adds to every submit yields to the
// caller's, whether that is in the Client or in the request.
func TestWhatTheCallerSaysBeatsTheDialect(t *testing.T) {
	var versions []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		versions = append(versions, r.Header.Get("X-Broker-Api-Version"))
	}))
	defer server.Close()
	osb, _ := dialect.ByName("osb")
	said := http.Header{"X-Broker-Api-Version": {"2.14"}}
	for _, c := range []struct {
		client *poller.Client
		req    lro.Request
		want   string
	}{
		{&poller.Client{Dialect: osb, Header: said}, lro.Request{}, "2.14"},
		{&poller.Client{Dialect: osb}, lro.Request{Header: said}, "2.14"},
		{&poller.Client{Dialect: osb}, lro.Request{}, "2.17"},
	} {
		versions = nil
		c.req.Method, c.req.URL = "PUT", server.URL
		res, err := c.client.Do(t.Context(), c.req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if versions[0] != c.want {
			t.Errorf("got %q, want %q", versions[0], c.want)
		}
	}
}
