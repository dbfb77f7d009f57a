package cmd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// connectionFlags say how to reach a server, in curl's words.
type connectionFlags struct {
	insecure        bool
	cacert          string
	cert, key       string
	proxy, noProxy  string
	resolve         []string
	unixSocket      string
	connectTimeout  seconds
	http11, http2PK bool
}

func (f *connectionFlags) bind(fs *pflag.FlagSet) {
	fs.BoolVarP(&f.insecure, "insecure", "k", false, "do not check the server's certificate; only for the origin that you name")
	fs.StringVar(&f.cacert, "cacert", "", "trust the certificates in this PEM `file` instead of the system's")
	fs.StringVarP(&f.cert, "cert", "E", "", "client certificate, a PEM `file`; only for the origin that you name")
	fs.StringVar(&f.key, "key", "", "the certificate's private key, a PEM `file`")
	fs.StringVarP(&f.proxy, "proxy", "x", "", "`URL` of a proxy (http, https, socks5); default: HTTPS_PROXY, HTTP_PROXY")
	fs.StringVar(&f.noProxy, "noproxy", "", "`hosts` that are reached without the proxy, separated by commas; * for all")
	fs.StringArrayVar(&f.resolve, "resolve", nil, "`HOST:PORT:ADDRESS`: connect to ADDRESS for HOST:PORT")
	fs.StringVar(&f.unixSocket, "unix-socket", "", "connect through this Unix socket `path`")
	fs.Var(&f.connectTimeout, "connect-timeout", "give up connecting after so long (`seconds` or 1m30s; default 30)")
	fs.BoolVar(&f.http11, "http1.1", false, "use HTTP/1.1 only")
	fs.BoolVar(&f.http2PK, "http2-prior-knowledge", false, "use HTTP/2 without TLS and without asking")
}

// transport builds the transport for the origins that the person named.
func (f *connectionFlags) transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 256 << 10
	t.MaxIdleConnsPerHost = 16
	for _, set := range []func(*http.Transport) error{f.setTLS, f.setProxy, f.setDialer, f.setProtocols} {
		if err := set(t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (f *connectionFlags) setTLS(t *http.Transport) error {
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: f.insecure}
	if f.cacert != "" {
		pem, err := os.ReadFile(f.cacert)
		if err != nil {
			return usagef("--cacert: %v", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return usagef("--cacert %s: there is no PEM certificate in it", f.cacert)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	if f.cert == "" {
		if f.key != "" {
			return usagef("--key goes with --cert")
		}
		return nil
	}
	key := f.key
	if key == "" {
		key = f.cert // curl: one file may hold both
	}
	pair, err := tls.LoadX509KeyPair(f.cert, key)
	if err != nil {
		return usagef("--cert %s: %v", f.cert, err)
	}
	t.TLSClientConfig.Certificates = []tls.Certificate{pair}
	return nil
}

func (f *connectionFlags) setProxy(t *http.Transport) error {
	if f.noProxy == "*" {
		t.Proxy = nil
		return nil
	}
	from := t.Proxy
	if f.proxy != "" {
		text := f.proxy
		if !strings.Contains(text, "://") {
			text = "http://" + text
		}
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return usagef("--proxy: that is no URL of a proxy")
		}
		from = http.ProxyURL(u)
	}
	direct := strings.Split(f.noProxy, ",")
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		for _, host := range direct {
			host = strings.TrimPrefix(strings.TrimSpace(host), ".")
			if name := req.URL.Hostname(); host != "" && (name == host || strings.HasSuffix(name, "."+host)) {
				return nil, nil
			}
		}
		return from(req)
	}
	return nil
}

func (f *connectionFlags) setDialer(t *http.Transport) error {
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	if f.connectTimeout > 0 {
		dialer.Timeout = time.Duration(f.connectTimeout)
		t.TLSHandshakeTimeout = dialer.Timeout
	}
	static := map[string]string{}
	for _, entry := range f.resolve {
		parts := strings.SplitN(entry, ":", 3)
		if len(parts) != 3 || parts[2] == "" {
			return usagef("--resolve %q: it is HOST:PORT:ADDRESS", entry)
		}
		static[net.JoinHostPort(parts[0], parts[1])] = net.JoinHostPort(strings.Trim(parts[2], "[]"), parts[1])
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if f.unixSocket != "" {
			return dialer.DialContext(ctx, "unix", f.unixSocket)
		}
		if to, ok := static[address]; ok {
			address = to
		}
		return dialer.DialContext(ctx, network, address)
	}
	return nil
}

func (f *connectionFlags) setProtocols(t *http.Transport) error {
	switch {
	case f.http11 && f.http2PK:
		return usagef("--http1.1 and --http2-prior-knowledge exclude each other")
	case f.http11:
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
	case f.http2PK:
		t.Protocols = new(http.Protocols)
		t.Protocols.SetUnencryptedHTTP2(true)
		t.Protocols.SetHTTP2(true)
	}
	return nil
}
