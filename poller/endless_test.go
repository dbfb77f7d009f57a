package poller_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// These tests talk to servers that never come to an end. Whatever they do, a call returns when its context
// ends, or when the time for a request has passed.

// endless are the ways; each gets the connection once the request has been read, and blocks until it is closed.
var endless = map[string]func(net.Conn){
	"says nothing":      func(c net.Conn) { io.Copy(io.Discard, c) },
	"stops in the head": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-"); io.Copy(io.Discard, c) },
	"switches": func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		io.Copy(io.Discard, c)
	},
	"switches and talks": func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\nLocation: /s\r\n\r\n")
		drip(c, "x")
	},
	"continues for ever":         func(c net.Conn) { drip(c, "HTTP/1.1 100 Continue\r\n\r\n") },
	"hints for ever":             func(c net.Conn) { drip(c, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") },
	"sends fields for ever":      func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n"); drip(c, "X-A: b\r\n") },
	"drips a status without end": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n{"); drip(c, " ") },
	"drips a 202 without end":    func(c net.Conn) { io.WriteString(c, "HTTP/1.1 202 OK\r\nLocation: /s\r\n\r\n{"); drip(c, " ") },
	"drips a 303 without end":    func(c net.Conn) { io.WriteString(c, "HTTP/1.1 303 OK\r\nLocation: /r\r\n\r\n"); drip(c, " ") },
	"drips an error without end": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 500 Oops\r\n\r\n"); drip(c, " ") },
	"drips chunks": func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		drip(c, "1\r\nx\r\n")
	},
	"drips one chunk's size": func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		drip(c, "0")
	},
	"promises more than it sends": func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
		io.Copy(io.Discard, c)
	},
	"drips a bomb of nothing": func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
		io.Copy(io.Discard, c)
	},
}

func drip(c net.Conn, text string) {
	for {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// rawServer answers the paths /submit, /s (303 to /r) and /r and hands the connection of one of them over.
func rawServer(t *testing.T, path string, end func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serveRaw(c, path, end)
		}
	}()
	return "http://" + l.Addr().String()
}

func serveRaw(c net.Conn, path string, end func(net.Conn)) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		switch {
		case r.URL.Path == path || r.Method == "DELETE":
			end(c)
			return
		case r.URL.Path == "/submit":
			io.WriteString(c, "HTTP/1.1 202 Accepted\r\nLocation: /s\r\nContent-Length: 0\r\n\r\n")
		case r.URL.Path == "/s":
			io.WriteString(c, "HTTP/1.1 303 See Other\r\nLocation: /r\r\nContent-Length: 0\r\n\r\n")
		default:
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	}
}

// deleter cancels by DELETE.
type deleter struct{ lro.Generic }

func (deleter) Cancel(op lro.Operation) (lro.Request, bool) {
	return lro.Request{Method: "DELETE", URL: op.StatusURL}, true
}

// phases are the calls, each with the path at which the server is endless.
var phases = []struct {
	name, path string
	call       func(ctx context.Context, c *poller.Client, url string) error
}{
	{"submit", "/submit", func(ctx context.Context, c *poller.Client, url string) error {
		return drained(c.Do(ctx, lro.Request{Method: "POST", URL: url + "/submit", Body: []byte("{}")}))
	}},
	{"poll", "/s", func(ctx context.Context, c *poller.Client, url string) error {
		return drained(c.Do(ctx, lro.Request{Method: "POST", URL: url + "/submit"}))
	}},
	{"result", "/r", func(ctx context.Context, c *poller.Client, url string) error {
		return drained(c.Do(ctx, lro.Request{Method: "POST", URL: url + "/submit"}))
	}},
	{"status", "/s", func(ctx context.Context, c *poller.Client, url string) error {
		op, _ := lro.Resume(url + "/s")
		_, err := c.Poll(ctx, op)
		return err
	}},
	{"cancel", "/s", func(ctx context.Context, c *poller.Client, url string) error {
		op, _ := lro.Resume(url + "/s")
		_, _, err := c.Cancel(ctx, op)
		return err
	}},
	{"many", "/s", func(ctx context.Context, c *poller.Client, url string) (err error) {
		op, _ := lro.Resume(url + "/s")
		(&poller.Many{Client: c}).Run(ctx, func(yield func(poller.Task) bool) {
			yield(poller.Task{Operation: op, Done: func(r *poller.Result, e error) { err = drained(r, e) }})
		})
		return err
	}},
}

func drained(res *poller.Result, err error) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// returns fails the test if a call has not returned after a time that no machine needs.
func returns(t *testing.T, call func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(5 * time.Minute):
		t.Fatal("the call does not return")
		return nil
	}
}

// The deadline, and an interrupt, end every wait.
func TestEveryWaitEndsWithItsContext(t *testing.T) {
	for name, end := range endless {
		for _, p := range phases {
			t.Run(name+"/"+p.name, func(t *testing.T) {
				t.Parallel()
				url := rawServer(t, p.path, end)
				transport := &http.Transport{}
				defer transport.CloseIdleConnections()
				client := &poller.Client{Transport: transport, Dialect: deleter{}, Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond}}
				ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
				defer cancel()
				returns(t, func() error { return p.call(ctx, client, url) })

				ctx, interrupt := context.WithCancel(t.Context())
				time.AfterFunc(20*time.Millisecond, interrupt)
				returns(t, func() error { return p.call(ctx, client, url) })
			})
		}
	}
}

// Without a deadline, the time for one request does, except where a result goes on arriving.
func TestEveryRequestEndsInItsTime(t *testing.T) {
	for name, end := range endless {
		for _, p := range phases {
			if p.name == "result" && name[:5] == "drips" || p.name == "poll" && name == "drips a 303 without end" {
				continue // it arrives
			}
			t.Run(name+"/"+p.name, func(t *testing.T) {
				t.Parallel()
				url := rawServer(t, p.path, end)
				transport := &http.Transport{}
				defer transport.CloseIdleConnections()
				client := &poller.Client{
					Transport: transport, Dialect: deleter{}, Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond}, RequestTimeout: 15 * time.Millisecond,
					Policy: lro.Policy{Misses: 2, MissTime: time.Nanosecond, Moves: 2},
				}
				ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
				defer cancel()
				returns(t, func() error { return p.call(ctx, client, url) })
				if ctx.Err() != nil {
					t.Error("only the deadline ended it")
				}
			})
		}
	}
}

// A 101 that nobody asked for is neither a status nor a result.
func TestSwitchingProtocolsIsNoAnswer(t *testing.T) {
	for _, p := range phases {
		if p.name == "cancel" {
			continue
		}
		url := rawServer(t, p.path, endless["switches and talks"])
		client := &poller.Client{Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond}, Policy: lro.Policy{Misses: 2, MissTime: time.Nanosecond}}
		err := returns(t, func() error { return p.call(t.Context(), client, url) })
		var failed *poller.Error
		if !errors.As(err, &failed) || failed.Operation.Done() && failed.Operation.Outcome == lro.Succeeded {
			t.Errorf("%s: got %v, want an error", p.name, err)
		}
	}
}

// A handshake that stops half way ends with the context, with TLS, HTTP/2 and a proxy.
func TestHandshakesEnd(t *testing.T) {
	silent := func(t *testing.T) net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() { defer c.Close(); io.Copy(io.Discard, c) }()
			}
		}()
		return l
	}
	tests := map[string]func(t *testing.T) (string, *http.Transport){
		"TLS": func(t *testing.T) (string, *http.Transport) {
			return "https://" + silent(t).Addr().String(), &http.Transport{}
		},
		"HTTP/2": func(t *testing.T) (string, *http.Transport) {
			s := httptest.NewUnstartedServer(nil)
			s.TLS = &tls.Config{NextProtos: []string{"h2"}}
			s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": func(_ *http.Server, c *tls.Conn, _ http.Handler) { io.Copy(io.Discard, c) }}
			s.StartTLS()
			t.Cleanup(s.CloseClientConnections)
			pool := x509.NewCertPool()
			pool.AddCert(s.Certificate())
			return s.URL, &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
		},
		"a proxy": func(t *testing.T) (string, *http.Transport) {
			proxy := silent(t).Addr().String()
			return "https://api.example", &http.Transport{Proxy: func(r *http.Request) (*neturl.URL, error) { return r.URL.Parse("http://" + proxy) }}
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			url, transport := make(t)
			defer transport.CloseIdleConnections()
			client := &poller.Client{Transport: transport}
			for _, p := range phases[:1] {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				err := returns(t, func() error { return p.call(ctx, client, url) })
				cancel()
				if err == nil {
					t.Errorf("%s: no error", p.name)
				}
			}
			op, _ := lro.Resume(url + "/s")
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if err := returns(t, func() error { return drained(client.Wait(ctx, op)) }); err == nil {
				t.Error("wait: no error")
			}
			if _, err := client.Poll(ctx, op); err == nil {
				t.Error("poll: no error")
			}
		})
	}
}
