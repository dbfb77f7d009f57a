package poller_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// This test sends every kind of credential along every way in which the URL of another origin can come up,
// in every call. The other origin writes down what it gets.

// kinds are what the caller configured, each with its own word; the word of none may arrive.
var kinds = []string{"auth-s3cret", "custom-s3cret", "cookie-s3cret", "token-s3cret", "homes-own-s3cret", "body-s3cret", "submit-s3cret", "client certificate"}

// site is one origin with TLS that asks for a client certificate.
type site struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

func newSite(t *testing.T, handler http.HandlerFunc) *site {
	s := &site{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := fmt.Sprint(r.Method, " ", r.URL, " ", r.Header, " ", string(body))
		if len(r.TLS.PeerCertificates) > 0 {
			text += " client certificate"
		}
		s.mu.Lock()
		s.seen = append(s.seen, text)
		s.mu.Unlock()
		handler(w, r)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// got returns which kinds arrived, and forgets the requests.
func (s *site) got() (arrived []string, requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kind := range kinds {
		if strings.Contains(strings.Join(s.seen, "\n"), kind) {
			arrived = append(arrived, kind)
		}
	}
	requests = len(s.seen)
	s.seen = nil
	return arrived, requests
}

// leads are the ways in which a server names a URL. Each answers a submit or a poll of the home origin.
var leads = map[string]struct {
	submit, poll func(w http.ResponseWriter, away string)
}{
	"Location of the 202":           {submit: lead(202, "Location", "%s/s")},
	"Content-Location of the 202":   {submit: lead(202, "Content-Location", "%s/s")},
	"Operation-Location of the 202": {submit: lead(202, "Operation-Location", "%s/s")},
	"Azure-AsyncOperation":          {submit: lead(202, "Azure-AsyncOperation", "%s/s")},
	"Link of the 202":               {submit: lead(202, "Link", "<%s/s>; rel=monitor")},
	"without a scheme":              {submit: func(w http.ResponseWriter, away string) { lead(202, "Location", "%s/s")(w, away[len("https:"):]) }},
	"a member of the body": {submit: func(w http.ResponseWriter, away string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(202)
		fmt.Fprintf(w, `{"status":"running","statusUrl":"%[1]s/s","links":{"self":"%[1]s/s"},"urls":{"get":"%[1]s/s","cancel":"%[1]s/c"}}`, away)
	}},
	"303 of the submit":      {submit: lead(303, "Location", "%s/s")},
	"302 of the submit":      {submit: lead(302, "Location", "%s/s")},
	"307 of the submit":      {submit: lead(307, "Location", "%s/s")},
	"308 of the submit":      {submit: lead(308, "Location", "%s/s")},
	"201 with Location":      {submit: lead(201, "Location", "%s/s")},
	"303 of a poll":          {poll: lead(303, "Location", "%s/r")},
	"302 of a poll":          {poll: lead(302, "Location", "%s/r")},
	"307 of a poll":          {poll: lead(307, "Location", "%s/r")},
	"the status URL moves":   {poll: lead(202, "Location", "%s/s")},
	"a result URL in a body": {poll: func(w http.ResponseWriter, away string) { succeeded(w, away) }},
}

func lead(status int, field, format string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, away string) {
		w.Header().Set(field, fmt.Sprintf(format, away))
		w.WriteHeader(status)
	}
}

func succeeded(w http.ResponseWriter, away string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"status":"succeeded","resourceLocation":"%[1]s/r","result_url":"%[1]s/r"}`, away)
}

// calls are what a caller does with a Client; each goes on until it ends or has asked a few times.
var calls = map[string]func(ctx context.Context, c *poller.Client, home, away string){
	"Do": func(ctx context.Context, c *poller.Client, home, _ string) {
		drop(c.Do(ctx, order(home)))
	},
	"Submit, Wait": func(ctx context.Context, c *poller.Client, home, _ string) {
		if op, res, err := c.Submit(ctx, order(home)); err == nil && res == nil {
			drop(c.Wait(ctx, op))
		}
	},
	"Submit, handle, Wait": func(ctx context.Context, c *poller.Client, home, _ string) {
		op, _, _ := c.Submit(ctx, order(home))
		if again, ok := throughHandle(op); ok {
			drop(c.Wait(ctx, again))
		}
	},
	"Submit, Poll, Poll": func(ctx context.Context, c *poller.Client, home, _ string) {
		op, _, _ := c.Submit(ctx, order(home))
		op, _ = c.Poll(ctx, op)
		c.Poll(ctx, op)
	},
	"Submit, Cancel": func(ctx context.Context, c *poller.Client, home, _ string) {
		op, _, _ := c.Submit(ctx, order(home))
		op.CancelURL = ""
		c.Cancel(ctx, op)
	},
	"Many": func(ctx context.Context, c *poller.Client, home, away string) {
		(&poller.Many{Client: c}).Run(ctx, slices.Values([]poller.Task{
			{Number: 1, Operation: lro.Begin(c.Dialect, order(home)), Done: func(r *poller.Result, err error) { drop(r, err) }},
			{Number: 2, Operation: lro.Begin(c.Dialect, lro.Request{Method: "POST", URL: away + "/other"}), Done: func(r *poller.Result, err error) { drop(r, err) }},
		}))
	},
	"Do elsewhere": func(ctx context.Context, c *poller.Client, home, away string) {
		drop(c.Do(ctx, lro.Request{Method: "POST", URL: away + "/other"}))
		drop(c.Do(ctx, order(home)))
	},
	"Wait elsewhere": func(ctx context.Context, c *poller.Client, home, away string) {
		op, _ := lro.Resume(away + "/s")
		drop(c.Wait(ctx, op))
		drop(c.Do(ctx, order(home)))
	},
}

func order(home string) lro.Request {
	return lro.Request{Method: "POST", URL: home + "/orders", Body: []byte("body-s3cret"), Header: http.Header{"X-Submit": {"submit-s3cret"}}}
}

func throughHandle(op lro.Operation) (again lro.Operation, ok bool) {
	text, err := op.MarshalJSON()
	return again, err == nil && again.UnmarshalJSON(text) == nil
}

func drop(res *poller.Result, err error) {
	if err == nil {
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

func TestCredentialsMatrix(t *testing.T) {
	var way string
	var away *site
	away = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/r") {
			io.WriteString(w, "the result")
			return
		}
		succeeded(w, away.URL)
	})
	home := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		answer := leads[way].submit
		switch {
		case r.Method == "GET" && leads[way].poll != nil:
			answer = leads[way].poll
		case r.Method == "GET":
			succeeded(w, away.URL)
			return
		case answer == nil:
			answer = lead(202, "Location", "/s")
		}
		answer(w, away.URL)
	})
	pool := x509.NewCertPool()
	pool.AddCert(home.Certificate())
	pool.AddCert(away.Certificate())
	clients := map[string]*poller.Client{}
	for _, d := range []lro.Dialect{lro.Generic{}, dialect.Auto{}} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: home.TLS.Certificates}}
		defer transport.CloseIdleConnections()
		clients[fmt.Sprintf("%T", d)] = &poller.Client{
			Origin: lro.Origin(home.URL), Transport: transport, Dialect: d, Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond},
			Policy: lro.Policy{Misses: -1, GracePolls: -1, Grace: -1, Moves: 3},
			Header: http.Header{"Authorization": {"Bearer auth-s3cret"}, "X-Custom": {"custom-s3cret"}, "Cookie": {"a=cookie-s3cret"}},
			HeaderFor: func(origin string) http.Header {
				return map[string]http.Header{lro.Origin(home.URL): {"X-Own": {"homes-own-s3cret"}}, lro.Origin(away.URL): {"X-Own": {"aways own"}}}[origin]
			},
			Credentials: func(context.Context, bool) (http.Header, error) { return http.Header{"X-Token": {"token-s3cret"}}, nil },
		}
	}
	combinations, visits := 0, 0
	for way = range leads {
		for call, do := range calls {
			for spoken, client := range clients {
				combinations++
				do(t.Context(), client, home.URL, away.URL)
				leaked, n := away.got()
				if len(leaked) > 0 {
					t.Errorf("%s, %s, %s: the other origin got %s", way, call, spoken, strings.Join(leaked, ", "))
				}
				if n > 0 {
					visits++
				}
				if given, _ := home.got(); len(given) != len(kinds) {
					t.Errorf("%s, %s, %s: the origin that they are for got only %s", way, call, spoken, strings.Join(given, ", "))
				}
			}
		}
	}
	if visits < combinations/2 {
		t.Errorf("only %d of %d combinations reached the other origin at all: the test shows too little", visits, combinations)
	}
	t.Logf("%d combinations with %d kinds of credentials each; %d reached the other origin", combinations, len(kinds), visits)
}

// An origin of its own gives an operation that was read from a handle its credentials back, and no other.
func TestOriginOpensHandles(t *testing.T) {
	away := newListener(t, answer(200, "", "done"))
	home := newListener(t, answer(200, "", "done"))
	client := &poller.Client{Origin: lro.Origin(home.URL), Header: http.Header{"X-Key": {"s3cret"}}}
	for _, l := range []*listener{home, away} {
		op, _ := lro.Resume(l.URL + "/s")
		op, ok := throughHandle(op)
		if !ok {
			t.Fatal("no handle")
		}
		drop(client.Wait(t.Context(), op))
		if got, want := strings.Contains(l.seen[0], "s3cret"), l == home; got != want {
			t.Errorf("credentials sent to %s: %v, want %v", l.URL, got, want)
		}
	}
}

// A caller's own request to another origin than the credentials' arrives whole, without them.
func TestRequestElsewhereKeepsItsContent(t *testing.T) {
	away := newListener(t, answer(200, "", "done"))
	client := &poller.Client{Origin: "https://home.example", Header: http.Header{"X-Key": {"s3cret"}}, HeaderFor: func(origin string) http.Header {
		if origin == lro.Origin("http://away.example") {
			return nil
		}
		return http.Header{"X-For": {origin}}
	}}
	drop(client.Do(t.Context(), lro.Request{Method: "POST", URL: away.URL + "/x", Header: http.Header{"Content-Type": {"text/csv"}}, Body: []byte("a,b")}))
	got := away.seen[0]
	for _, want := range []string{"text/csv", "a,b", "X-For: " + away.URL} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "s3cret") {
		t.Errorf("it was sent:\n%s", got)
	}
}
