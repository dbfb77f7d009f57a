package engine

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// wireServer answers each request with bytes that a test wrote, piece by piece.
type wireServer struct {
	listener net.Listener
	script   func(n int, request string) (pieces []string, end manner)
	mu       sync.Mutex
	requests int
	accepted int
	over     chan struct{} // the test is
}

// next counts a request and returns what the script says to it.
func (s *wireServer) next(request string) ([]string, manner) {
	s.mu.Lock()
	n := s.requests
	s.requests++
	s.mu.Unlock()
	return s.script(n, request)
}

// manner is what the server does with the connection after an answer.
type manner int

const (
	keepOpen manner = iota
	closeIt
	resetIt
	hangOn
)

func serveWire(t *testing.T, config *tls.Config, script func(n int, request string) ([]string, manner)) *wireServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &wireServer{listener: listener, script: script, over: make(chan struct{})}
	t.Cleanup(func() { close(s.over); _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.accepted++
			s.mu.Unlock()
			go s.serve(conn, config)
		}
	}()
	return s
}

func (s *wireServer) serve(raw net.Conn, config *tls.Config) {
	conn := raw
	if config != nil {
		conn = tls.Server(raw, config)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		var body strings.Builder
		_, _ = bufio.NewReader(req.Body).WriteTo(&body)
		pieces, end := s.next(req.Method + " " + req.URL.String() + " " + body.String())
		for i, p := range pieces {
			if i > 0 {
				time.Sleep(2 * time.Millisecond)
			}
			_, _ = conn.Write([]byte(p))
		}
		switch end {
		case closeIt:
			return
		case resetIt:
			_ = raw.(*net.TCPConn).SetLinger(0)
			_ = raw.Close()
			return
		case hangOn:
			<-s.over
			return
		}
	}
}

// asker asks for one request after the other, as a worker would, and keeps what came.
type asker struct {
	slots  pending.Slab
	start  time.Time
	to     *wire.Origin
	sender Sender
	method string
	got    []Exchange
}

func (a *asker) now() int64 { return int64(time.Since(a.start)) }

func (a *asker) Request(id uint32, _ int64) (lro.Request, http.Header) {
	return lro.Request{Method: a.method, URL: fmt.Sprintf("%s/%d", a.to.Name, id), Body: a.body()}, http.Header{}
}

func (a *asker) body() []byte {
	if a.method == "POST" {
		return []byte("{}")
	}
	return nil
}

func (a *asker) Leaves(id uint32, _ int64, b []byte) []byte {
	b = fmt.Appendf(b, "%s /%d", a.method, id)
	b = append(b, a.to.Trailer...)
	if body := a.body(); body != nil {
		return fmt.Appendf(b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	return append(b, "\r\n"...)
}

func (a *asker) Finish(x *Exchange) {
	kept := *x
	kept.Body = []byte(string(x.Body))
	a.got = append(a.got, kept)
}

// makeSender is one way to send.
type makeSender struct {
	name string
	make func(p SenderConfig, a *asker, all *wire.Origins) (Sender, error)
	tls  bool
	h2   bool
	// streams is how many the server allows on a connection; 0: its default.
	streams int
}

func allSenders() []makeSender {
	streams := func(p SenderConfig, a *asker, all *wire.Origins) (Sender, error) {
		return newStreams(p, a, &a.slots, a.now, all), nil
	}
	return append(platformSenders(),
		makeSender{"streams", streams, false, false, 0},
		makeSender{"streams over TLS", streams, true, false, 0},
		makeSender{"net/http", func(p SenderConfig, a *asker, _ *wire.Origins) (Sender, error) {
			return newRoundTrips(p, a, &a.slots, a.now), nil
		}, false, false, 0},
	)
}

// converse sends n requests, each after the one before, unless atOnce.
func converse(t *testing.T, kind makeSender, p SenderConfig, method string, n int, atOnce bool, script func(n int, request string) ([]string, manner)) (*asker, *wireServer) {
	t.Helper()
	var config *tls.Config
	scheme := "http://"
	if kind.tls {
		secure := httptest.NewUnstartedServer(nil)
		secure.StartTLS()
		config = secure.TLS
		t.Cleanup(secure.Close)
		p.TLS, scheme = &tls.Config{InsecureSkipVerify: true}, "https://"
	}
	serve := serveWire
	if kind.h2 {
		serve = func(t *testing.T, config *tls.Config, script func(n int, request string) ([]string, manner)) *wireServer {
			return serveH2(t, config, kind.streams, script)
		}
		p.Protocols.SetHTTP2(true)
		p.Protocols.SetUnencryptedHTTP2(true)
	}
	server := serve(t, config, script)
	url := scheme + server.listener.Addr().String()
	if kind.name == "net/http" {
		transport := &http.Transport{DisableCompression: true}
		t.Cleanup(transport.CloseIdleConnections)
		p.HTTP = transport
	}
	if p.Connections == 0 {
		p.Connections = 4
	}
	if p.Timeout == 0 {
		p.Timeout = 30 * time.Second
	}
	if p.MaxBody == 0 {
		p.MaxBody = 64 << 10
	}
	a := &asker{start: time.Now(), method: method}
	t.Cleanup(a.slots.Close)
	all, err := wire.NewOrigins(t.Context(), wire.Targets{Home: url, Closes: p.Closes, Resolves: p.HTTP == nil})
	if err != nil {
		t.Fatal(err)
	}
	a.to = all.All[0]
	if a.sender, err = kind.make(p, a, all); err != nil {
		t.Fatal(err)
	}
	defer a.sender.Close()
	deadline := a.now() + int64(2*time.Minute) // only where it hangs
	for i := range n {
		a.sender.Send(a.slots.Take(), a.to)
		for len(a.got) <= i && !atOnce && a.now() < deadline {
			a.sender.Wait(deadline)
		}
	}
	for len(a.got) < n && a.now() < deadline {
		a.sender.Wait(deadline)
	}
	if len(a.got) != n {
		t.Fatalf("%d of %d exchanges ended", len(a.got), n)
	}
	return a, server
}

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 7\r\n\r\nhello"

func bytewise(s string) (all []string) {
	for i := 0; i < len(s); i += 9 {
		all = append(all, s[i:min(i+9, len(s))])
	}
	return all
}

// TestSendersAgree holds the same conversations with every sender.
func TestSendersAgree(t *testing.T) {
	answerAlways := func(end manner, pieces ...string) func(int, string) ([]string, manner) {
		return func(int, string) ([]string, manner) { return pieces, end }
	}
	for _, test := range []struct {
		name        string
		method      string
		config      SenderConfig
		n           int
		atOnce      bool
		script      func(int, string) ([]string, manner)
		check       func(x *Exchange) bool
		connections int // that the server should see at most; 0: any number
	}{
		{"keep-alive", "GET", SenderConfig{}, 20, false, answerAlways(keepOpen, okAnswer), good, 1},
		{"many at once over few", "GET", SenderConfig{Connections: 3}, 50, true, answerAlways(keepOpen, okAnswer), good, 3},
		{"close by the server", "GET", SenderConfig{}, 5, false, answerAlways(closeIt, strings.Replace(okAnswer, "\r\n", "\r\nConnection: close\r\n", 1)), good, 0},
		{"close by the client", "GET", SenderConfig{Closes: true}, 5, false, answerAlways(keepOpen, okAnswer), good, 0},
		{"closed without a word", "GET", SenderConfig{}, 5, false, answerAlways(closeIt, okAnswer), good, 0},
		{"until the end", "GET", SenderConfig{}, 3, false, answerAlways(closeIt, "HTTP/1.1 200 OK\r\nRetry-After: 7\r\n\r\nhel", "lo"), good, 0},
		{"split reads", "GET", SenderConfig{}, 3, false, answerAlways(keepOpen, bytewise(okAnswer)...), good, 1},
		{"chunked", "GET", SenderConfig{}, 5, false, answerAlways(keepOpen, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nRetry-After: 7\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), good, 1},
		{"chunked in pieces", "GET", SenderConfig{}, 3, false, answerAlways(keepOpen, bytewise("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nRetry-After: 7\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")...), good, 1},
		{"interim", "GET", SenderConfig{}, 3, false, answerAlways(keepOpen, "HTTP/1.1 103 Early Hints\r\n\r\n", okAnswer), good, 1},
		{"submit", "POST", SenderConfig{}, 5, false, answerAlways(keepOpen, okAnswer), good, 1},
		{"reset instead of an answer", "POST", SenderConfig{}, 2, false, answerAlways(resetIt), broken, 0},
		{"cut off", "GET", SenderConfig{}, 2, false, answerAlways(closeIt, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"), broken, 0},
		{"no HTTP", "GET", SenderConfig{}, 2, false, answerAlways(closeIt, "220 mail.example.com ESMTP\r\n\r\n"), broken, 0},
		{"no answer", "GET", SenderConfig{Timeout: 500 * time.Millisecond}, 1, false, answerAlways(hangOn), timedOut, 0},
		{"large", "GET", SenderConfig{MaxBody: 1000}, 3, false, answerAlways(keepOpen, "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"+strings.Repeat("x", 300_000)), func(x *Exchange) bool {
			return x.Err == nil && len(x.Body) == 1000 && x.More && x.In >= 300_000
		}, 1},
	} {
		for _, kind := range allSenders() {
			t.Run(test.name+"/"+kind.name, func(t *testing.T) {
				t.Parallel()
				a, server := converse(t, kind, test.config, test.method, test.n, test.atOnce, test.script)
				for i := range a.got {
					if !test.check(&a.got[i]) {
						t.Errorf("exchange %d: %+v %q", i, a.got[i], a.got[i].Body)
					}
				}
				server.mu.Lock()
				defer server.mu.Unlock()
				if test.connections > 0 && server.accepted > test.connections && kind.name != "net/http" {
					t.Errorf("%d connections, want at most %d", server.accepted, test.connections)
				}
				if x := &a.got[0]; errors.Is(x.Err, ErrDialTimeout) && server.requests > 0 {
					t.Errorf("the request reached the server: %+v", x)
				}
				if test.method == "POST" && server.requests != test.n {
					t.Errorf("%d submits reached the server, %d were sent", server.requests, test.n)
				}
			})
		}
	}
}

func good(x *Exchange) bool {
	return x.Err == nil && x.Status == 200 && string(x.Body) == "hello" && !x.More && x.In > 0 && x.Sent >= 0 && x.First >= x.Sent && x.Last >= x.First
}

func broken(x *Exchange) bool { return x.Err != nil && !x.Unsent }

// timedOut allows that a busy machine takes all the time to connect.
func timedOut(x *Exchange) bool {
	return errors.Is(x.Err, ErrTimeout) || errors.Is(x.Err, ErrDialTimeout) && x.Unsent
}

// TestUnreachable finds out that nothing was sent.
func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url, p := "http://"+listener.Addr().String(), SenderConfig{Connections: 2, Timeout: 30 * time.Second, MaxBody: 64 << 10}
	_ = listener.Close()
	for _, kind := range allSenders() {
		if kind.name == "net/http" {
			p.HTTP = &http.Transport{}
		}
		a := &asker{start: time.Now(), method: "POST"}
		all, err := wire.NewOrigins(t.Context(), wire.Targets{Home: url, Resolves: p.HTTP == nil})
		if err != nil {
			t.Fatal(err)
		}
		a.to = all.All[0]
		if a.sender, err = kind.make(p, a, all); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			a.sender.Send(a.slots.Take(), a.to)
		}
		for end := a.now() + int64(2*time.Minute); len(a.got) < 5 && a.now() < end; {
			a.sender.Wait(end)
		}
		a.sender.Close()
		a.slots.Close()
		if len(a.got) != 5 {
			t.Fatalf("%s: %d of 5 exchanges ended", kind.name, len(a.got))
		}
		for _, x := range a.got {
			if x.Err == nil || !x.Unsent || x.Status != 0 {
				t.Errorf("%s: %+v", kind.name, x)
			}
		}
	}
}
