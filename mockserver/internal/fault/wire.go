package fault

import (
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// FaultHeader names the response header that tells of a broken connection where
// there is no connection to break, as in a [httptest.ResponseRecorder]: there the
// status is 504.
const FaultHeader = "Asyncctl-Fault"

// A wire sends an answer, as badly as it is told. Its pauses are in real time.
type wire struct {
	rw http.ResponseWriter
	r  *http.Request

	delay  time.Duration // before anything is sent
	drop   bool          // nothing is sent: the connection ends after hold
	limit  int64         // bytes of the body after which the connection ends; negative: none
	reset  bool          // it ends with RST instead of FIN
	hold   time.Duration // before it ends
	linger time.Duration // from the last byte to the end of the connection
	rate   int64         // bytes a second; 0 is at once
	slice  int           // bytes written at a time; 0 is all
	gap    time.Duration // between slices
	random *rand.Rand    // varies the slices

	sent   int64
	cut    bool // the limit was met
	failed error
}

// start sends the head of an answer, of which more than its body may follow.
func (w *wire) start(a *speech.Answer, more bool) {
	w.pause(w.delay)
	if w.drop {
		return
	}
	header := w.rw.Header()
	for name, values := range a.Header {
		header[name] = values
	}
	head := w.r.Method == http.MethodHead
	if !more && a.Code != http.StatusNoContent && a.Code != http.StatusNotModified && header["Content-Length"] == nil {
		header.Set("Content-Length", strconv.FormatInt(int64(len(a.Body)+len(a.Tail))+a.Fill, 10))
	}
	if w.linger > 0 {
		header.Set("Connection", "close")
	}
	w.rw.WriteHeader(a.Code)
	if head || a.Code == http.StatusNoContent || a.Code == http.StatusNotModified {
		w.limit = -1 // there is no body to cut
	}
}

// body sends the whole body.
func (w *wire) body(a *speech.Answer) {
	if w.r.Method == http.MethodHead {
		return
	}
	w.Write(a.Body)
	if a.Fill > 0 {
		io.CopyN(w, &speech.Digits{}, a.Fill) // the reader is gone if this fails
		w.Write([]byte(a.Tail))
	}
}

// Write sends a part of the body, as far as the wire goes.
func (w *wire) Write(p []byte) (int, error) {
	total := len(p)
	if room := w.limit - w.sent; w.limit >= 0 && room < int64(len(p)) {
		p, w.cut = p[:max(room, 0)], true
	}
	for len(p) > 0 && !w.drop && w.failed == nil {
		piece := p[:w.next(len(p))]
		w.pause(w.time(len(piece)))
		_, w.failed = w.rw.Write(piece)
		w.sent += int64(len(piece))
		p = p[len(piece):]
		if w.slice > 0 || w.rate > 0 {
			w.flush()
			w.pause(w.gap)
		}
	}
	if w.failed == nil && (w.drop || w.cut) {
		w.failed = io.ErrShortWrite
	}
	if w.failed != nil {
		return 0, w.failed
	}
	return total, nil
}

// vary makes the slices differ in size.
func (w *wire) vary(seed uint64) { w.random = rand.New(rand.NewPCG(seed, work.Mix(seed))) }

// next is how many of n bytes to write at a time.
func (w *wire) next(n int) int {
	size := w.slice
	if size == 0 && w.rate > 0 {
		size = int(max(min(w.rate/10, 64<<10), 1)) // ten times a second
	}
	if size == 0 {
		return n
	}
	if w.random != nil {
		size = 1 + w.random.IntN(2*size-1)
	}
	return min(size, n)
}

// time is how long n bytes take.
func (w *wire) time(n int) time.Duration {
	if w.rate == 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(w.rate) * float64(time.Second))
}

// finish ends the answer. It reports whether the handler must panic to break
// the connection, as over HTTP/2.
func (w *wire) finish() (abort bool) {
	if w.linger > 0 {
		w.flush()
		w.pause(w.linger)
	}
	if !w.drop && !w.cut {
		return false
	}
	if !w.drop {
		w.flush()
	}
	w.pause(w.hold)
	return w.sever()
}

// sever closes the connection under the answer.
func (w *wire) sever() (abort bool) {
	conn, _, err := http.NewResponseController(w.rw).Hijack()
	if err == nil {
		if tcp, ok := rawConn(conn).(*net.TCPConn); ok && w.reset {
			tcp.SetLinger(0) // the connection is gone if this fails
		}
		conn.Close()
		return false
	}
	if w.r.Context().Value(http.ServerContextKey) != nil {
		return true
	}
	if w.drop {
		w.rw.Header().Set(FaultHeader, "connection closed without an answer")
		w.rw.WriteHeader(http.StatusGatewayTimeout)
	}
	return false
}

// rawConn is the connection below TLS.
func rawConn(conn net.Conn) net.Conn {
	if below, ok := conn.(interface{ NetConn() net.Conn }); ok {
		return below.NetConn()
	}
	return conn
}

func (w *wire) flush() {
	http.NewResponseController(w.rw).Flush() // what cannot be flushed is sent later
}

func (w *wire) pause(d time.Duration) { work.Pause(w.r.Context(), d) }
