package poller_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The address of a proxy is not that of the server behind it: a public server does not lead to this machine
// because the proxy is here.
func TestGuardBehindAProxy(t *testing.T) {
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		w.Write([]byte("secret of this machine"))
	}))
	defer inside.Close()
	var leadsTo string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "api.example" {
			w.Header().Set("Location", leadsTo)
			w.WriteHeader(202)
			return
		}
		reached.Add(1)
		w.Write([]byte("done"))
	}))
	defer proxy.Close()
	port := inside.URL[strings.LastIndexByte(inside.URL, ':'):]
	tests := []struct {
		name, to string
		direct   bool // the proxy is for the API alone
		want     bool
	}{
		{"this machine, directly", inside.URL + "/s", true, false},
		{"this machine, through the proxy", inside.URL + "/s", false, false},
		{"localhost, through the proxy", "http://localhost" + port + "/s", false, false},
		{"the metadata service, through the proxy", "http://169.254.169.254/s", false, false},
		{"another public server, through the proxy", "http://other.example/s", false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reached.Store(0)
			leadsTo = test.to
			at, _ := url.Parse(proxy.URL)
			transport := &http.Transport{Proxy: func(r *http.Request) (*url.URL, error) {
				if test.direct && r.URL.Host != "api.example" {
					return nil, nil
				}
				return at, nil
			}}
			defer transport.CloseIdleConnections()
			client := &poller.Client{Transport: transport, Pace: lro.Pace{Min: time.Millisecond}, Policy: lro.Policy{Misses: -1}}
			err := drained(client.Do(t.Context(), lro.Request{Method: "POST", URL: "http://api.example/x"}))
			if (err == nil) != test.want || (reached.Load() > 0) != test.want {
				t.Errorf("got %v after %d visits, want allowed: %v", err, reached.Load(), test.want)
			}
			var failed *poller.Error
			if !test.want && (!errors.As(err, &failed) || failed.Operation.Reason != lro.ForbiddenHop) {
				t.Errorf("got %v, want a forbidden hop", err)
			}
		})
	}
}

// elsewhere cancels at another origin.
type elsewhere struct {
	lro.Generic
	url string
}

func (e elsewhere) Cancel(lro.Operation) (lro.Request, bool) {
	return lro.Request{Method: "POST", URL: e.url}, true
}

// A cancellation may go where the operation itself could lead, though nothing was asked before it.
func TestCancelElsewhere(t *testing.T) {
	away := newListener(t, answer(200, "", ""))
	home := newListener(t, answer(200, "", ""))
	for _, test := range []struct {
		name, home string
		want       lro.CancelAnswer
	}{
		{"both on this machine", home.URL + "/s", lro.CancelAccepted},
		{"the server is public", "http://192.88.99.1/s", lro.CancelFailed},
		{"nobody named one", "", lro.CancelFailed},
	} {
		away.seen = nil
		op, _ := lro.Resume(home.URL + "/s")
		op.Home = lro.Origin(test.home)
		_, got, err := (&poller.Client{Dialect: elsewhere{url: away.URL + "/c"}, Header: http.Header{"X-Key": {"s3cret"}}}).Cancel(t.Context(), op)
		if got != test.want || (len(away.seen) > 0) != (test.want == lro.CancelAccepted) {
			t.Errorf("%s: got %v, %v after %d requests, want %v", test.name, got, err, len(away.seen), test.want)
		}
		if strings.Contains(strings.Join(away.seen, ""), "s3cret") {
			t.Errorf("%s: credentials went along", test.name)
		}
	}
}
