//go:build amd64 || arm64

package engine

import (
	"bufio"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// noter sends the next request when one ends, and notes both.
type noter struct {
	asker
	notes []string
}

func (n *noter) Leaves(id uint32, now int64, b []byte) []byte {
	n.notes = append(n.notes, "leaves")
	return n.asker.Leaves(id, now, b)
}

func (n *noter) Finish(x *Exchange) {
	n.notes = append(n.notes, "ends")
	n.asker.Finish(x)
	n.sender.Send(n.slots.Take(), n.to)
}

// newNoter has a sender over epoll for a server of which the test has the connections.
func newNoter(t *testing.T, method string) (*noter, net.Listener) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)) // only where it hangs
	t.Cleanup(func() { _ = listener.Close() })
	n := &noter{asker: asker{start: time.Now(), method: method}}
	t.Cleanup(n.slots.Close)
	all, err := wire.NewOrigins(t.Context(), wire.Targets{Home: "http://" + listener.Addr().String(), Resolves: true})
	if err != nil {
		t.Fatal(err)
	}
	n.to = all.All[0]
	n.sender, err = newEpoll(SenderConfig{Connections: 8, Timeout: 30 * time.Second, MaxBody: 64 << 10}, n, &n.slots, n.now, all)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.sender.Close)
	return n, listener
}

// arrive has connections made and requests written, until there are so many notes.
func (n *noter) arrive(notes int) {
	for end := n.now() + int64(time.Minute); len(n.notes) < notes && n.now() < end; {
		n.sender.Wait(n.now() + int64(time.Millisecond))
	}
}

// accepted reads a request from each of so many connections.
func accepted(t *testing.T, listener net.Listener, count int) (all []net.Conn) {
	t.Helper()
	for range count {
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			t.Fatal(err)
		}
		all = append(all, conn)
	}
	return all
}

// TestTurnsHavePasses: all answers that are there are handed over before the next request is written.
func TestTurnsHavePasses(t *testing.T) {
	n, listener := newNoter(t, "GET")
	const count = 8
	for range count {
		n.sender.Send(n.slots.Take(), n.to)
	}
	n.arrive(count)
	for _, conn := range accepted(t, listener, count) {
		if _, err := conn.Write([]byte(okAnswer)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range n.sender.(*epoll).conns {
		for quiet(c.link.fd) {
			time.Sleep(time.Millisecond)
		}
	}
	n.notes = nil
	n.sender.Wait(n.now())
	n.sender.Wait(n.now())
	want := append(slices.Repeat([]string{"ends"}, count), slices.Repeat([]string{"leaves"}, count)...)
	if !slices.Equal(n.notes, want) {
		t.Errorf("two turns: %q, want %q", n.notes, want)
	}
	for _, x := range n.got {
		if !good(&x) {
			t.Errorf("%+v", x)
		}
	}
}

// TestClosedBeforeItIsWritten: a submit that was given a connection which the server closes at that
// moment goes over another one, once.
func TestClosedBeforeItIsWritten(t *testing.T) {
	n, listener := newNoter(t, "POST")
	n.sender.Send(n.slots.Take(), n.to)
	n.arrive(1)
	conn := accepted(t, listener, 1)[0]
	e := n.sender.(*epoll)
	c := e.conns[0]
	// The answer and the end come together: the loop has handed the connection to the next submit when it
	// finds the end.
	c.stage = connReady
	if _, err := conn.Write([]byte(okAnswer)); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	n.notes = nil
	n.arrive(1)
	if second := accepted(t, listener, 1); len(second) != 1 || !slices.Equal(n.notes, []string{"leaves"}) || len(n.got) != 0 {
		t.Errorf("%q, %+v", n.notes, n.got)
	}
}

// TestParkedForAWaitOnly: the runtime hears of answers during a wait, and of none that comes later.
func TestParkedForAWaitOnly(t *testing.T) {
	loop, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newParking(loop, make([]syscall.EpollEvent, 4))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	var pipe [2]int
	if err := syscall.Pipe2(pipe[:], syscall.O_NONBLOCK|syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pipe[0])
	defer syscall.Close(pipe[1])
	if err := syscall.EpollCtl(loop, syscall.EPOLL_CTL_ADD, pipe[0], &syscall.EpollEvent{Events: edges}); err != nil {
		t.Fatal(err)
	}
	write := func() { _, _ = syscall.Write(pipe[1], []byte("x")) }
	for range 3 {
		if n := p.wait(int64(time.Millisecond)); n != 0 {
			t.Errorf("%d events where nothing has happened", n)
		}
		if err := syscall.EpollCtl(p.outer, syscall.EPOLL_CTL_DEL, p.inner, nil); err != syscall.ENOENT {
			t.Errorf("after a wait the runtime still polls the loop's instance: %v", err)
		}
		write() // between two waits
		if n := p.wait(int64(time.Minute)); n != 1 {
			t.Errorf("%d events, want that of before the wait", n)
		}
		time.AfterFunc(5*time.Millisecond, write)
		if n := p.wait(int64(time.Minute)); n != 1 {
			t.Errorf("%d events, want that of during the wait", n)
		}
	}
}
