package curl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// proxySchemes are those that net/http can speak to.
var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

func (f *Connection) setProxy(t *http.Transport) error {
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
		if err != nil || u.Host == "" || !slices.Contains(proxySchemes, u.Scheme) {
			return errors.New("--proxy: that is no URL of a proxy") // which may hold a password
		}
		from = http.ProxyURL(u)
	}
	direct := strings.Split(strings.ToLower(f.noProxy), ",")
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		name := strings.ToLower(req.URL.Hostname())
		for _, host := range direct {
			host = strings.TrimPrefix(strings.TrimSpace(host), ".")
			if host != "" && (name == host || strings.HasSuffix(name, "."+host)) {
				return nil, nil
			}
		}
		return from(req)
	}
	return nil
}

func (f *Connection) setDialer(t *http.Transport) error {
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	if f.connectTimeout > 0 {
		dialer.Timeout = time.Duration(f.connectTimeout)
		t.TLSHandshakeTimeout = dialer.Timeout
	}
	static, err := f.addresses()
	if err != nil {
		return err
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if f.unixSocket != "" {
			return dialer.DialContext(ctx, "unix", f.unixSocket)
		}
		if to, ok := static[strings.ToLower(address)]; ok {
			address = to
		}
		return dialer.DialContext(ctx, network, address)
	}
	return nil
}

// Reroutes returns the flag that leads connections for a URL elsewhere than its host and port say, and
// "" if there is none. What it leads to is for origins that the person named.
func (f *Connection) Reroutes(absolute string) string {
	if f.unixSocket != "" {
		return "--unix-socket"
	}
	static, err := f.addresses()
	u, broken := url.Parse(absolute)
	if err != nil || broken != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if _, ok := static[net.JoinHostPort(strings.ToLower(u.Hostname()), port)]; ok {
		return "--resolve"
	}
	return ""
}

// addresses returns where to connect to, by host and port.
func (f *Connection) addresses() (map[string]string, error) {
	static := map[string]string{}
	for _, entry := range f.resolve {
		parts := strings.SplitN(entry, ":", 3)
		if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
			return nil, fmt.Errorf("--resolve %q: it is HOST:PORT:ADDRESS", entry)
		}
		if _, err := strconv.ParseUint(parts[1], 10, 16); err != nil {
			return nil, fmt.Errorf("--resolve %q: it is HOST:PORT:ADDRESS", entry)
		}
		host := net.JoinHostPort(strings.ToLower(parts[0]), parts[1])
		static[host] = net.JoinHostPort(strings.Trim(parts[2], "[]"), parts[1])
	}
	return static, nil
}
