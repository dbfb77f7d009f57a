package curl

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fetch asks a URL through the transport that the flags describe, and returns the answer's body.
func fetch(t *testing.T, url string, args ...string) (string, error) {
	t.Helper()
	transport, err := newConnection(t, args...).Transport()
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// echo answers with what it was asked, and by whom.
func echo(w http.ResponseWriter, r *http.Request) {
	who := "nobody"
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		who = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	io.WriteString(w, r.Proto+" "+r.Host+" "+who)
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// identity makes a client's certificate and its key.
func identity(t *testing.T, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	template.Subject.CommonName = name
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", bytes)
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.EnableHTTP2 = true
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	dir := t.TempDir()
	ca := write(t, filepath.Join(dir, "ca"), pemOf("CERTIFICATE", server.Certificate().Raw))
	cert, key := identity(t, "me")
	both := write(t, filepath.Join(dir, "both"), cert+key)
	certFile, keyFile := write(t, filepath.Join(dir, "cert"), cert), write(t, filepath.Join(dir, "key"), key)
	host := strings.TrimPrefix(server.URL, "https://")
	for _, c := range []struct {
		name string
		args []string
		want string // "" for a certificate that is not trusted
	}{
		{"an unknown authority", nil, ""},
		{"trusted", []string{"--cacert", ca}, "HTTP/2.0 " + host + " nobody"},
		{"not checked", []string{"-k"}, "HTTP/2.0 " + host + " nobody"},
		{"HTTP/1.1", []string{"-k", "--http1.1"}, "HTTP/1.1 " + host + " nobody"},
		{"a client certificate", []string{"-k", "-E", certFile, "--key", keyFile}, "HTTP/2.0 " + host + " me"},
		{"both in one file", []string{"-k", "-E", both}, "HTTP/2.0 " + host + " me"},
		{"prior knowledge over TLS", []string{"-k", "--http2-prior-knowledge"}, "HTTP/2.0 " + host + " nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := fetch(t, server.URL, c.args...)
			if c.want == "" {
				if err == nil || !strings.Contains(err.Error(), "certificate") {
					t.Errorf("got %q, %v", got, err)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestProtocolsWithoutTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	for flag, want := range map[string]string{"": "HTTP/1.1 ", "--http1.1": "HTTP/1.1 ", "--http2-prior-knowledge": "HTTP/2.0 "} {
		var args []string
		if flag != "" {
			args = []string{flag}
		}
		if got, err := fetch(t, server.URL, args...); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, %v; want %q", flag, got, err, want)
		}
	}
}

func TestResolve(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, c := range []struct {
		name, host, entry string
		reached           bool
	}{
		{"another address", "api.invalid", "api.invalid:" + port + ":127.0.0.1", true},
		{"names have no case", "API.invalid", "api.INVALID:" + port + ":127.0.0.1", true},
		{"brackets", "api.invalid", "api.invalid:" + port + ":[127.0.0.1]", true},
		{"another port", "api.invalid", "api.invalid:1:127.0.0.1", false},
		{"another host", "www.invalid", "api.invalid:" + port + ":127.0.0.1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := fetch(t, "http://"+c.host+":"+port, "--resolve", "other.invalid:80:127.0.0.9", "--resolve", c.entry)
			if c.reached != (err == nil) || c.reached && !strings.Contains(got, c.host) {
				t.Errorf("got %q, %v; want reached %v", got, err, c.reached)
			}
		})
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	defer server.Close()
	if got, err := fetch(t, "http://api.invalid/x", "--unix-socket", path); err != nil || got != "HTTP/1.1 api.invalid nobody" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := fetch(t, "http://api.invalid/x", "--unix-socket", path+".not"); err == nil {
		t.Error("a socket that is not there was reached")
	}
}

// A proxy sees the requests for every host but those that --noproxy names.
func TestProxyIsUsed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "proxied "+r.URL.String()+" "+r.Header.Get("Proxy-Authorization"))
	}))
	defer proxy.Close()
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	host := strings.TrimPrefix(proxy.URL, "http://")
	if got, err := fetch(t, "http://api.invalid/x", "-x", "u:pw@"+host); err != nil || got != "proxied http://api.invalid/x Basic dTpwdw==" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := fetch(t, server.URL, "-x", proxy.URL, "--noproxy", "127.0.0.1"); err != nil || !strings.HasPrefix(got, "HTTP/1.1 ") {
		t.Errorf("got %q, %v; want the server itself", got, err)
	}
	if _, err := fetch(t, "http://api.invalid/x", "-x", "127.0.0.1:1"); err == nil {
		t.Error("a proxy that is not there was reached")
	}
}

func TestProxyIsChosen(t *testing.T) {
	for _, c := range []struct{ name, proxy, noProxy, target, want string }{
		{"http by default", "p:3128", "", "https://h/", "http://p:3128"},
		{"https", "https://p", "", "http://h/", "https://p"},
		{"socks", "socks5h://p:1080", "", "http://h/", "socks5h://p:1080"},
		{"a password", "http://u:pw@p", "", "http://h/", "http://u:pw@p"},
		{"none for a host", "p", "h", "http://h/", ""},
		{"none for it with a port", "p", "h", "http://h:8080/", ""},
		{"none for its subdomains", "p", "example.com", "http://api.example.com/", ""},
		{"a leading dot", "p", ".example.com", "http://api.example.com/", ""},
		{"a leading dot names the host too", "p", ".example.com", "http://example.com/", ""},
		{"not for what only ends like it", "p", "example.com", "http://badexample.com/", "http://p"},
		{"no case", "p", "Example.COM", "http://API.example.com/", ""},
		{"one of several, with blanks", "p", "a, b ,h", "http://b/", ""},
		{"an empty list names nobody", "p", ",,", "http://h/", "http://p"},
		{"for all", "p", "*", "http://h/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport, err := newConnection(t, "-x", c.proxy, "--noproxy", c.noProxy).Transport()
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if transport.Proxy != nil {
				req, _ := http.NewRequest("GET", c.target, nil)
				var u *url.URL
				if u, err = transport.Proxy(req); u != nil {
					got = u.String()
				}
			}
			if got != c.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestConnectTimeout(t *testing.T) {
	transport, err := newConnection(t, "--connect-timeout", "2").Transport()
	if err != nil || transport.TLSHandshakeTimeout != 2*time.Second {
		t.Errorf("got %v, %v", transport.TLSHandshakeTimeout, err)
	}
	// A server that takes the connection and says nothing: the handshake is given up.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if _, err := fetch(t, "https://"+listener.Addr().String(), "--connect-timeout", "0.05"); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v", err)
	}
}

// Two transports share nothing: closing one, or changing it, leaves the other.
func TestTransportsAreTheirOwners(t *testing.T) {
	c := newConnection(t)
	a, err := c.Transport()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Transport()
	if err != nil || a == b || a.TLSClientConfig == b.TLSClientConfig || a == http.DefaultTransport {
		t.Errorf("they share a transport or its settings: %v", err)
	}
	if a.MaxResponseHeaderBytes == 0 || a.TLSClientConfig.InsecureSkipVerify {
		t.Error("the zero value has no bounds, or does not check certificates")
	}
}

func TestConnectionErrors(t *testing.T) {
	dir := t.TempDir()
	broken := write(t, filepath.Join(dir, "broken"), "hello")
	missing := filepath.Join(dir, "missing")
	cert, _ := identity(t, "a")
	_, otherKey := identity(t, "b")
	certFile, keyFile := write(t, filepath.Join(dir, "cert"), cert), write(t, filepath.Join(dir, "key"), otherKey)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no authority's file", []string{"--cacert", missing}, "--cacert: open "},
		{"no certificate in it", []string{"--cacert", broken}, "--cacert " + broken + ": there is no PEM certificate in it"},
		{"no certificate", []string{"-E", missing}, "--cert " + missing + ": open "},
		{"a broken certificate", []string{"-E", broken}, "--cert " + broken + ": "},
		{"a certificate without its key", []string{"-E", certFile}, "--cert " + certFile + ": "},
		{"another certificate's key", []string{"-E", certFile, "--key", keyFile}, "does not match"},
		{"a key alone", []string{"--key", keyFile}, "--key goes with --cert"},
		{"no proxy's URL", []string{"-x", "://s3cret"}, "--proxy: that is no URL of a proxy"},
		{"a proxy without a host", []string{"-x", "http://"}, "--proxy: that is no URL of a proxy"},
		{"a proxy of another kind", []string{"-x", "ftp://u:s3cret@p"}, "--proxy: that is no URL of a proxy"},
		{"a proxy with a bad port", []string{"-x", "http://u:s3cret@p:x"}, "--proxy: that is no URL of a proxy"},
		{"resolve nothing", []string{"--resolve", "nonsense"}, `--resolve "nonsense": it is HOST:PORT:ADDRESS`},
		{"resolve to nothing", []string{"--resolve", "h:80:"}, "it is HOST:PORT:ADDRESS"},
		{"resolve nobody", []string{"--resolve", ":80:1.2.3.4"}, "it is HOST:PORT:ADDRESS"},
		{"resolve without a port", []string{"--resolve", "h:x:1.2.3.4"}, "it is HOST:PORT:ADDRESS"},
		{"resolve with too large a port", []string{"--resolve", "h:65536:1.2.3.4"}, "it is HOST:PORT:ADDRESS"},
		{"two protocols", []string{"--http1.1", "--http2-prior-knowledge"}, "--http1.1 and --http2-prior-knowledge exclude each other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport, err := newConnection(t, c.args...).Transport()
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") || transport != nil {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
}
