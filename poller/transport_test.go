package poller

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestForeignTransportDropsWhatIsForHome(t *testing.T) {
	base := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{{}}},
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			t.Error("the caller's dialer was used for a foreign origin")
			return nil, net.ErrClosed
		},
	}
	f := foreignTransport(base, reach.Public).(*http.Transport)
	if f.TLSClientConfig.InsecureSkipVerify || f.TLSClientConfig.Certificates != nil {
		t.Error("the foreign transport kept the client certificate or the leave to skip TLS checks")
	}
	if !base.TLSClientConfig.InsecureSkipVerify || len(base.TLSClientConfig.Certificates) != 1 {
		t.Error("the caller's own transport was changed")
	}
}

// The guard acts where the connection is made, and not where it goes through a proxy.
func TestForeignTransportGuardsTheConnection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("reached " + r.Host))
	}))
	defer server.Close()
	get := func(rt http.RoundTripper, target string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", target, nil)
		if err != nil {
			t.Fatal(err)
		}
		return rt.RoundTrip(req)
	}

	res, err := get(foreignTransport(&http.Transport{}, reach.Public), server.URL)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1, a loopback address") {
		t.Fatalf("a public home: got %v, %v; want a refusal", res, err)
	}
	res, err = get(foreignTransport(&http.Transport{}, reach.Loopback), server.URL)
	if err != nil {
		t.Fatalf("a loopback home: %v", err)
	}
	res.Body.Close()

	proxy, _ := url.Parse(server.URL)
	res, err = get(foreignTransport(&http.Transport{Proxy: http.ProxyURL(proxy)}, reach.Public), "http://api.example.com/")
	if err != nil {
		t.Fatalf("through a proxy: %v", err)
	}
	res.Body.Close()
}

type wrapping struct{ http.RoundTripper }

func (w wrapping) Base() http.RoundTripper { return w.RoundTripper }

type counting struct{ wrapping }

func (counting) Over(rt http.RoundTripper) http.RoundTripper { return counting{wrapping{rt}} }

// A transport that wraps another does not take the guard away, if it says what it wraps.
func TestForeignTransportOfAWrapper(t *testing.T) {
	base := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	v := (&Client{Transport: wrapping{wrapping{base}}}).converse(lro.Operation{Home: "http://192.88.99.1"})
	if got := v.transport(t.Context(), grant{all: true}); got != v.c.Transport {
		t.Errorf("what may carry everything is sent by %T", got)
	}
	f, ok := v.transport(t.Context(), grant{}).(*http.Transport)
	if !ok || f == base || f.TLSClientConfig.InsecureSkipVerify {
		t.Errorf("another origin is reached by %v", f)
	}
	both := counting{wrapping{base}}
	v = (&Client{Transport: both}).converse(lro.Operation{Home: "http://192.88.99.1"})
	c, ok := v.transport(t.Context(), grant{}).(counting)
	if f, guarded := c.RoundTripper.(*http.Transport); !ok || !guarded || f.TLSClientConfig.InsecureSkipVerify {
		t.Errorf("what wants to see all requests stands over %v", c)
	}
	type opaque struct{ http.RoundTripper }
	v = (&Client{Transport: opaque{base}}).converse(lro.Operation{})
	if got := v.transport(t.Context(), grant{}); got != v.c.Transport {
		t.Errorf("without knowing what it wraps: %T", got)
	}
}
