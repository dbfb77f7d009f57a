package poller

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestAddressClass(t *testing.T) {
	for address, want := range map[string]addressClass{
		"127.0.0.1": loopback, "::1": loopback, "0.0.0.0": loopback, "::ffff:127.0.0.1": loopback,
		"169.254.169.254": linkLocal, "fe80::1": linkLocal, "224.0.0.1": linkLocal,
		"10.1.2.3": private, "172.16.0.1": private, "192.168.1.1": private, "100.64.0.1": private, "fd00::1": private,
		"8.8.8.8": public, "2001:4860::8888": public, "172.32.0.1": public,
	} {
		if got := classify(netip.MustParseAddr(address)); got != want {
			t.Errorf("classify(%s) = %q, want %q", address, got, want)
		}
	}
	if got := classOf(&net.UnixAddr{Name: "/tmp/socket"}); got != public {
		t.Errorf("classOf(unix) = %q, want public", got)
	}
}

func TestMayReach(t *testing.T) {
	for _, c := range []struct {
		name    string
		home    addressClass
		address string
		refused bool
	}{
		{"public server to loopback", public, "127.0.0.1:80", true},
		{"public server to the metadata service", public, "169.254.169.254:80", true},
		{"public server to a private network", public, "10.0.0.1:443", true},
		{"public server to a public one", public, "8.8.8.8:443", false},
		{"loopback server to loopback", loopback, "[::1]:80", false},
		{"loopback server to a private network", loopback, "192.168.0.1:80", true},
		{"private server to its own network", private, "10.9.9.9:80", false},
		{"not an IP address", public, "/run/socket", false},
	} {
		if err := c.home.mayReach(c.address); (err != nil) != c.refused {
			t.Errorf("%s: error %v, want refused %v", c.name, err, c.refused)
		}
	}
}

func TestForeignTransportDropsWhatIsForHome(t *testing.T) {
	base := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{{}}},
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			t.Error("the caller's dialer was used for a foreign origin")
			return nil, net.ErrClosed
		},
	}
	f := foreignTransport(base, public).(*http.Transport)
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

	res, err := get(foreignTransport(&http.Transport{}, public), server.URL)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1, a loopback address") {
		t.Fatalf("a public home: got %v, %v; want a refusal", res, err)
	}
	res, err = get(foreignTransport(&http.Transport{}, loopback), server.URL)
	if err != nil {
		t.Fatalf("a loopback home: %v", err)
	}
	res.Body.Close()

	proxy, _ := url.Parse(server.URL)
	res, err = get(foreignTransport(&http.Transport{Proxy: http.ProxyURL(proxy)}, public), "http://api.example.com/")
	if err != nil {
		t.Fatalf("through a proxy: %v", err)
	}
	res.Body.Close()
}
