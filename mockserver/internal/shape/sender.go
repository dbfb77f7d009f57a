package shape

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

const (
	maxDeliveries   = 1000
	deliveryTimeout = 10 * time.Second
	// lookStep is how often an operation with a callback is looked at, for what
	// nobody could foresee: it was cancelled, or ended by hand.
	lookStep = 100 * time.Millisecond
)

// A Delivery is a callback that was sent, or could not be.
type Delivery struct {
	Time      time.Time   `json:"time"`
	Operation string      `json:"operation"`
	State     string      `json:"state"` // of the operation, such as "succeeded"
	Method    string      `json:"method"`
	URL       string      `json:"url"`
	Header    http.Header `json:"header,omitempty"`
	Body      string      `json:"body,omitempty"`
	Attempt   int         `json:"attempt"`          // 1, and more if it is sent several times
	Status    int         `json:"status,omitempty"` // the HTTP status of its answer
	Error     string      `json:"error,omitempty"`  // why there was none
}

// A Sender sends the callbacks of a server. One goroutine waits for all
// operations that have one; it ends when there are none left, or by Close. The
// zero value is ready to use.
type Sender struct {
	// Origins may be called beside those on the loopback interface.
	Origins []string

	mu      sync.Mutex
	waiting []*watched
	sent    []Delivery
	active  bool
	wake    chan struct{}
	closed  bool
	cancel  context.CancelFunc
	ctx     context.Context
	group   sync.WaitGroup
}

// A watched operation is going to be called back for.
type watched struct {
	kind *kind
	x    *speech.Exchange // what URLs are made of
	id   string
}

// Watch sends the callback of an operation, if its kind has one: at once if it is
// to come before the answer to the submit, else when it ends.
func (s *Sender) Watch(r *Router, x *speech.Exchange, v work.View) {
	i := slices.IndexFunc(r.kinds, func(k *kind) bool { return k.dialect == x.Dialect })
	if i < 0 || r.kinds[i].callback == nil {
		return
	}
	w := &watched{kind: r.kinds[i], id: v.ID, x: x.Detached()}
	s.mu.Lock()
	if s.ctx == nil {
		s.ctx, s.cancel = context.WithCancel(context.Background())
		s.wake = make(chan struct{}, 1)
	}
	if s.closed {
		s.mu.Unlock()
		return
	}
	if w.kind.callback.before {
		s.mu.Unlock()
		s.deliver(w, foreseen(v))
		return
	}
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, w)
	if !s.active {
		s.active = true
		s.group.Go(s.run)
		return
	}
	s.nudge()
}

func (s *Sender) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// foreseen is the operation as it is going to end.
func foreseen(v work.View) work.View {
	v.Snap = work.Snapshot{Status: work.Succeeded, Percent: 100}
	switch v.Scenario.Outcome {
	case work.OutcomeFailed:
		v.Snap.Status = work.Failed
	case work.OutcomeCancelled:
		v.Snap.Status = work.Cancelled
	}
	return v
}

// run waits for the ends of operations.
func (s *Sender) run() {
	for {
		s.mu.Lock()
		if len(s.waiting) == 0 || s.closed {
			s.active = false
			s.mu.Unlock()
			return
		}
		list := slices.Clone(s.waiting)
		s.mu.Unlock()
		pause := lookStep
		for _, w := range list {
			due, over := s.look(w)
			if over {
				s.drop(w)
			} else {
				pause = min(pause, max(due, time.Millisecond))
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.wake:
		case <-s.ctx.Done():
		}
		timer.Stop()
	}
}

// look sends the callback if it is due. It returns when to look again, and
// whether there is nothing more to wait for.
func (s *Sender) look(w *watched) (again time.Duration, over bool) {
	now, scale, _ := work.ReadClock(w.x.Host.Clock)
	var v work.View
	if !w.x.Host.Store.Visit(w.id, func(op *work.Operation) { v = op.Look(now) }) {
		return 0, true
	}
	switch left := v.Changed().Add(w.kind.callback.delay).Sub(now); {
	case !v.Snap.Status.Done() && v.Gone:
		return 0, true
	case !v.Snap.Status.Done() && v.Snap.Remaining < 0:
		return lookStep, false
	case !v.Snap.Status.Done():
		return work.Times(v.Snap.Remaining, 1/scale), false
	case left > 0:
		return work.Times(left, 1/scale), false
	}
	w.x.Now = now
	s.group.Go(func() { s.deliver(w, v) })
	return 0, true
}

func (s *Sender) drop(w *watched) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(other *watched) bool { return other == w })
}

// deliver sends the callback as often as it says.
func (s *Sender) deliver(w *watched, v work.View) {
	m, due, err := w.kind.message(w.x, v)
	if !due {
		return
	}
	for attempt := range w.kind.callback.times {
		d := Delivery{
			Time: w.x.Now, Operation: m.Operation, State: m.State, Method: m.Method, URL: m.URL,
			Header: m.Header, Body: string(m.Body), Attempt: attempt + 1,
		}
		if err == nil {
			d.Status, err = s.post(m)
		}
		if err != nil {
			d.Error = err.Error()
		}
		s.mu.Lock()
		if len(s.sent) == maxDeliveries {
			s.sent = s.sent[1:]
		}
		s.sent = append(s.sent, d)
		s.mu.Unlock()
	}
}

// post sends one request, and follows no redirect.
func (s *Sender) post(m Message) (code int, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, deliveryTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, m.Method, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return 0, err
	}
	request.Header = m.Header.Clone()
	transport := &http.Transport{DisableKeepAlives: true}
	if !s.allowed(request.URL) {
		transport.DialContext = dialLoopback
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // what it says is of no interest
	return response.StatusCode, nil
}

// allowed reports whether the origin of a URL is one that may be called.
func (s *Sender) allowed(target *url.URL) bool {
	return slices.Contains(s.Origins, target.Scheme+"://"+target.Host)
}

// dialLoopback connects to the loopback interface and to nothing else, whatever a
// name leads to.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return nil, err
	}
	err = errors.New("no address")
	for _, ip := range ips {
		if !ip.IP.IsLoopback() {
			return nil, fmt.Errorf("%s is no loopback address: allow its origin to be called back", host)
		}
		var conn net.Conn
		if conn, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// Deliveries returns the callbacks that were sent, the oldest first: the last
// 1000.
func (s *Sender) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// Reset forgets what was sent, and what was going to be.
func (s *Sender) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting, s.sent = nil, nil
}

// Close sends nothing more, and waits for what is being sent.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.group.Wait()
}
