package curl

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// Connection says how to reach a server. The zero value is net/http's way.
type Connection struct {
	insecure        bool
	cacert          string
	cert, key       string
	proxy, noProxy  string
	resolve         []string
	unixSocket      string
	connectTimeout  Seconds
	http11, http2PK bool
}

// Bind makes the flags of fs set the connection.
func (f *Connection) Bind(fs *pflag.FlagSet) {
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

// Transport builds the transport for the origins that the person named. It is the caller's own.
func (f *Connection) Transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 256 << 10
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, 1024 // a connection for each request that is under way stays
	for _, set := range []func(*http.Transport) error{f.setTLS, f.setProxy, f.setDialer, f.setProtocols} {
		if err := set(t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// maxPEM bounds a file of certificates.
const maxPEM = 16 << 20

// KeyPair reads a certificate and its private key, which may be in one file.
func KeyPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := bounded.File(certFile, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	key := cert
	if keyFile != certFile {
		if key, err = bounded.File(keyFile, maxPEM); err != nil {
			return tls.Certificate{}, err
		}
	}
	return tls.X509KeyPair(cert, key)
}

func (f *Connection) setTLS(t *http.Transport) error {
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: f.insecure}
	if f.cacert != "" {
		pem, err := bounded.File(f.cacert, maxPEM)
		if err != nil {
			return fmt.Errorf("--cacert: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return fmt.Errorf("--cacert %s: there is no PEM certificate in it", f.cacert)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	if f.cert == "" {
		if f.key != "" {
			return errors.New("--key goes with --cert")
		}
		return nil
	}
	key := f.key
	if key == "" {
		key = f.cert // curl: one file may hold both
	}
	pair, err := KeyPair(f.cert, key)
	if err != nil {
		return fmt.Errorf("--cert %s: %w", f.cert, err)
	}
	t.TLSClientConfig.Certificates = []tls.Certificate{pair}
	return nil
}

func (f *Connection) setProtocols(t *http.Transport) error {
	switch {
	case f.http11 && f.http2PK:
		return errors.New("--http1.1 and --http2-prior-knowledge exclude each other")
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
