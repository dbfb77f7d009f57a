package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const (
	maxHeader = 256 << 10
	// headGrace is how long the content that must not follow an answer to HEAD is waited for.
	headGrace = 100 * time.Millisecond
)

// wire sends requests over HTTP/1.1 and sees the answers as they come: the lines of the header
// section in their order, and what follows an answer to HEAD. It belongs to one conversation.
type wire struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	tls  *tls.Config
	// through, if not nil, sends everything instead: HTTP/2, a transport that is not ours.
	through http.RoundTripper
	// proxied, if not nil, sends instead what it has a proxy for.
	proxied *http.Transport

	idle map[string]*line // by origin
}

// line is a connection.
type line struct {
	net.Conn
	r    *bufio.Reader
	used time.Time // when the last answer was read
}

// idleAtLeast is how long every server keeps a connection open that is idle, or so: who closes it sooner
// drops it.
const idleAtLeast = time.Second

// newWire returns a wire that reaches servers as the transport does.
func newWire(transport http.RoundTripper) *wire {
	w := &wire{dial: (&net.Dialer{Timeout: 30 * time.Second}).DialContext, idle: map[string]*line{}}
	t, ok := transport.(*http.Transport)
	switch {
	case transport == nil:
		return w
	case !ok || t.DialTLSContext != nil || t.Protocols != nil && !t.Protocols.HTTP1():
		w.through = transport
		return w
	}
	if t.Proxy != nil {
		w.proxied = t
	}
	if t.DialContext != nil {
		w.dial = t.DialContext
	}
	w.tls = t.TLSClientConfig
	return w
}

// close ends the connections that are not in use.
func (w *wire) close() {
	for origin, l := range w.idle {
		l.Close()
		delete(w.idle, origin)
	}
}

// answer is what came back, and when.
type answer struct {
	evidence.Response
	answered, read time.Time
	unsent         bool // no byte of the request left
	dropped        bool // the connection that was in use was closed instead of an answer
	remote         net.Addr
}

// send sends a request and reads the answer, of the content at most limit bytes.
func (w *wire) send(ctx context.Context, req *http.Request, limit int64) (answer, error) {
	if other := w.instead(req); other != nil {
		return roundTrip(ctx, other, req, limit)
	}
	origin := lro.Origin(req.URL.String())
	safe := req.Method == http.MethodGet || req.Method == http.MethodHead
	dropped := false
	if l := w.idle[origin]; l != nil {
		delete(w.idle, origin)
		if safe { // the server may have closed it meanwhile: only what is safe is sent twice
			if a, err := w.talk(ctx, l, req, limit, origin); err == nil || a.Status != 0 || ctx.Err() != nil {
				return a, err
			}
			dropped = time.Since(l.used) < idleAtLeast
		} else {
			l.Close()
		}
	}
	l, err := w.connect(ctx, req)
	if err != nil {
		if w.through != nil {
			return roundTrip(ctx, w.through, req, limit)
		}
		return answer{unsent: true}, err
	}
	a, err := w.talk(ctx, l, req, limit, origin)
	a.dropped = dropped
	return a, err
}

// instead is what sends a request that the wire does not send itself; nil: it does.
func (w *wire) instead(req *http.Request) http.RoundTripper {
	if w.through == nil && w.proxied != nil {
		if proxy, err := w.proxied.Proxy(req); proxy != nil || err != nil {
			return w.proxied // which tells the error, too
		}
	}
	return w.through
}

func (w *wire) connect(ctx context.Context, req *http.Request) (*line, error) {
	port := req.URL.Port()
	secure := req.URL.Scheme == "https"
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[secure]
	}
	c, err := w.dial(ctx, "tcp", net.JoinHostPort(req.URL.Hostname(), port))
	if err != nil || !secure {
		return newLine(c), err
	}
	config := &tls.Config{}
	if w.tls != nil {
		config = w.tls.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = req.URL.Hostname()
	}
	config.NextProtos = []string{"http/1.1"}
	secured := tls.Client(c, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		c.Close()
		if strings.Contains(err.Error(), "no application protocol") { // it speaks HTTP/2 alone
			w.through = &http.Transport{DialContext: w.dial, TLSClientConfig: w.tls, ForceAttemptHTTP2: true}
		}
		return nil, err
	}
	return newLine(secured), nil
}

func newLine(c net.Conn) *line {
	if c == nil {
		return nil
	}
	return &line{Conn: c, r: bufio.NewReaderSize(c, maxHeader)}
}

// talk holds one exchange on a connection, which stays open if it can be used again.
func (w *wire) talk(ctx context.Context, l *line, req *http.Request, limit int64, origin string) (a answer, err error) {
	stop := context.AfterFunc(ctx, func() { l.SetDeadline(time.Unix(1, 0)) })
	keep := false
	defer func() {
		if stop() && keep {
			l.used = time.Now()
			w.idle[origin] = l
		} else {
			l.Close()
		}
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
	}()
	a.remote = l.RemoteAddr()
	if err := req.Write(l); err != nil {
		return a, fmt.Errorf("the request could not be sent: %w", err)
	}
	if err := readHeader(l.r, &a.Response); err != nil {
		return a, err
	}
	a.answered = time.Now()
	response, err := http.ReadResponse(l.r, req)
	if err != nil {
		return a, fmt.Errorf("the answer is no HTTP: %w", err)
	}
	defer response.Body.Close()
	a.Body, a.More, err = readContent(response.Body, limit)
	a.read = time.Now()
	if err != nil {
		return a, err
	}
	if req.Method == http.MethodHead {
		l.SetReadDeadline(time.Now().Add(headGrace))
		l.r.Peek(1) // the error says only that nothing more came, as it should be
		excess, _ := l.r.Peek(min(l.r.Buffered(), 4<<10))
		a.Body = bytes.Clone(excess)
		l.SetReadDeadline(time.Time{})
	}
	keep = !response.Close && !a.More
	return a, nil
}

// readHeader takes the status and the field lines of the final answer, byte for byte, and leaves
// the reader where the answer begins. It skips what is provisional (RFC 9110, section 15.2).
func readHeader(r *bufio.Reader, into *evidence.Response) error {
	for {
		section, err := peekHeader(r)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSuffix(string(section), "\n"), "\n")
		proto, rest, _ := strings.Cut(strings.TrimSuffix(lines[0], "\r"), " ")
		status := 0
		if _, err := fmt.Sscanf(rest, "%3d", &status); err != nil || !strings.HasPrefix(proto, "HTTP/") {
			return fmt.Errorf("the answer is no HTTP: it begins with %.40q", lines[0])
		}
		if status/100 == 1 && status != http.StatusSwitchingProtocols {
			r.Discard(len(section))
			continue
		}
		into.Proto, into.Status, into.Raw = proto, status, true
		into.Header = fieldLines(lines[1:])
		return nil
	}
}

// peekHeader returns the header section without consuming it.
func peekHeader(r *bufio.Reader) ([]byte, error) {
	for n := 1; ; n = r.Buffered() + 1 {
		if _, err := r.Peek(n); err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				return nil, fmt.Errorf("the header section is longer than %d bytes", maxHeader)
			}
			if errors.Is(err, io.EOF) {
				return nil, errors.New("the server closed the connection before the end of the header section")
			}
			return nil, fmt.Errorf("the connection broke: %w", err)
		}
		seen, _ := r.Peek(r.Buffered())
		for _, end := range []string{"\r\n\r\n", "\n\n", "\n\r\n"} {
			if i := bytes.Index(seen, []byte(end)); i >= 0 {
				return seen[:i+len(end)], nil
			}
		}
	}
}

// fieldLines splits the lines of a header section into names and values. A line that is folded
// belongs to the one before it.
func fieldLines(lines []string) evidence.Fields {
	var fields evidence.Fields
	for _, text := range lines {
		text = strings.TrimSuffix(text, "\r")
		name, value, _ := strings.Cut(text, ":")
		switch {
		case text == "":
		case (text[0] == ' ' || text[0] == '\t') && len(fields) > 0:
			fields[len(fields)-1].Value += " " + strings.Trim(text, " \t")
		default:
			fields = append(fields, evidence.Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return fields
}

// readContent reads at most limit bytes, and reports whether there were more.
func readContent(r io.Reader, limit int64) (evidence.Content, bool, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	more := int64(len(body)) > limit
	if more {
		body = body[:limit]
	}
	if err != nil {
		return body, more, fmt.Errorf("the content broke off after %d bytes: %w", len(body), err)
	}
	return body, more, nil
}
