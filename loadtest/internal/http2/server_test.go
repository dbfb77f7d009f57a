package http2

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve runs the server of package net/http without TLS and returns a connection to it.
func serve(t testing.TB, handler http.HandlerFunc) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, Protocols: new(http.Protocols)}
	server.Protocols.SetUnencryptedHTTP2(true)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(); _ = server.Close(); <-done })
	return conn
}

// pump moves bytes until n streams have ended, and gives each to use.
func pump(t testing.TB, c *Conn, conn net.Conn, n int, use func(*Stream)) {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	b := make([]byte, 32<<10)
	for n > 0 {
		if _, err := conn.Write(c.Take()); err != nil {
			t.Fatal(err)
		}
		c.Left(1)
		m, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Feed(b[:m], 1); err != nil {
			t.Fatal(err)
		}
		for s := c.Next(); s != nil; s = c.Next() {
			n--
			use(s)
			c.Release(s)
		}
	}
}

// greet moves bytes until the server's SETTINGS are there.
func greet(t testing.TB, c *Conn, conn net.Conn) {
	t.Helper()
	b := make([]byte, 4096)
	for !c.Ready() {
		if _, err := conn.Write(c.Take()); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Feed(b[:n], 0); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNetHTTP speaks with the server of package net/http: contents both ways that are larger than the
// windows, trailers, interim answers, many fields.
func TestNetHTTP(t *testing.T) {
	conn := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Location", "/operations/"+strings.TrimPrefix(r.URL.Path, "/"))
		w.Header().Set("X-Host", r.Host)
		w.Header().Set("X-Agent", r.UserAgent())
		w.Header().Set("Link", "</style.css>")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusAccepted)
		for i := 0; i < len(body); i += 1000 {
			_, _ = w.Write(body[i:min(i+1000, len(body))])
		}
		w.Header().Set("X-Sum", fmt.Sprint(len(body)))
	})
	c := New(Config{MaxBody: 1 << 20, Window: 20_000})
	greet(t, c, conn)
	const n = 40
	content := func(i int) string { return strings.Repeat(fmt.Sprint(i%10), i*5000) }
	for i := range n {
		request := fmt.Sprintf("POST /%d HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: asyncctl\r\nAccept: */*\r\nContent-Length: %d\r\n\r\n%s", i, i*5000, content(i))
		if err := c.Open(uint32(i), 0, []byte(request), &testTemplate); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[uint32]bool{}
	pump(t, c, conn, n, func(s *Stream) {
		i := int(s.Owner)
		if seen[s.Owner] || s.Err != nil || s.Status != 202 || string(s.Body) != content(i) || s.More {
			t.Errorf("request %d: %v, %d, %d bytes", i, s.Err, s.Status, len(s.Body))
		}
		for _, want := range []string{fmt.Sprintf("location: /operations/%d\r\n", i), "x-host: api.example.com\r\n", "x-agent: asyncctl\r\n"} {
			if !strings.Contains(string(s.Head), want) {
				t.Errorf("request %d: %q is not in\n%s", i, want, s.Head)
			}
		}
		seen[s.Owner] = true
	})
}

// TestNetHTTPShutsDown takes the GOAWAY of a server that shuts down in the middle: what it accepted
// ends, what it did not is said to be unprocessed.
func TestNetHTTPShutsDown(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived, release := make(chan struct{}, 8), make(chan struct{})
	server := &http.Server{Protocols: new(http.Protocols), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
	})}
	server.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = server.Serve(listener) }()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := New(Config{})
	greet(t, c, conn)
	for i := range 4 {
		if err := c.Open(uint32(i), 0, []byte(getRequest), &testTemplate); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Write(c.Take()); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		<-arrived
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Shutdown(t.Context()) }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	b := make([]byte, 4096)
	for !c.Closing() {
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Feed(b[:n], 1); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(c.Take()); err != nil {
			t.Fatal(err)
		}
	}
	if c.Busy() != 4 || c.Free() != 0 {
		t.Errorf("after GOAWAY %d are open and %d may be", c.Busy(), c.Free())
	}
	close(release)
	pump(t, c, conn, 4, func(s *Stream) {
		if s.Err != nil || s.Status != 200 {
			t.Errorf("%+v", s)
		}
	})
	_ = conn.Close()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// exchanger answers every request at once, with the same answer.
type exchanger struct {
	c      *Conn
	answer []byte
	now    int64
}

func newExchanger() *exchanger {
	x := &exchanger{c: New(Config{MaxBody: 64 << 10})}
	x.c.Take()
	if err := x.c.Feed(settingsOf(), 0); err != nil {
		panic(err)
	}
	x.answer = bytes.Join([][]byte{headersOf(0, 0, ":status= 200", "content-type= application/json", "retry-after= 1", "content-length= 5"), dataOf(0, endStream, "hello")}, nil)
	return x
}

func (x *exchanger) step() {
	id := x.c.next
	x.now++
	if err := x.c.Open(1, x.now, []byte(getRequest), &testTemplate); err != nil {
		panic(err)
	}
	x.c.Take()
	x.c.Left(x.now)
	for at := 0; at < len(x.answer); at += headerLen + parseFrame(x.answer[at:]).length {
		x.answer[at+5], x.answer[at+6], x.answer[at+7], x.answer[at+8] = byte(id>>24), byte(id>>16), byte(id>>8), byte(id)
	}
	if err := x.c.Feed(x.answer, x.now); err != nil {
		panic(err)
	}
	s := x.c.Next()
	if s == nil || s.Err != nil || string(s.Body) != "hello" {
		panic("no answer")
	}
	x.c.Release(s)
}

// TestExchangesAllocateNothing is the promise about the steady state.
func TestExchangesAllocateNothing(t *testing.T) {
	x := newExchanger()
	for range 100 {
		x.step()
	}
	if got := testing.AllocsPerRun(1000, x.step); got != 0 {
		t.Errorf("%v allocations for each exchange", got)
	}
}

// BenchmarkExchange is one request and its answer, beside all that a kernel does.
func BenchmarkExchange(b *testing.B) {
	x := newExchanger()
	b.ReportAllocs()
	for b.Loop() {
		x.step()
	}
}
