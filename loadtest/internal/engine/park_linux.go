//go:build amd64 || arm64

package engine

import (
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// How a loop waits. A system call that the runtime knows of costs more than a poll at low rates: after
// 20 us its monitor takes the processor away, and then looks again every 20 us. So a short wait keeps
// the processor, as long as the runtime has another: without one nobody would notice that something
// arrived for another goroutine, such as a server in this process. A long wait is parked, which gives
// the processor back at once; but the runtime's timers are a millisecond late.

// holders is how many workers of this process keep a processor while they wait.
var holders atomic.Int32

// longest is how long a processor is kept. A signal of the runtime, which must stop the world, ends a
// wait.
const longest = int64(10 * time.Millisecond)

// hold reports whether the loop may keep its processor for a moment; then it is one of the holders.
func (e *epoll) hold() bool {
	if holders.Add(1) < e.processors {
		return true
	}
	holders.Add(-1)
	return false
}

// block waits for something to happen. Where the wait before was ended by an answer, the next one is
// taken to come soon, too, whenever the next request is due.
func (e *epoll) block(left int64) (n int) {
	switch {
	case (left <= longest || e.answered) && e.hold():
		n = waitEdges(e.fd, e.events[:], min(left, longest))
		holders.Add(-1)
	case left > longest:
		n = e.parking.wait(left - 2*int64(time.Millisecond))
	default:
		n = waitEdgesShared(e.fd, e.events[:], left)
	}
	e.answered = n > 0
	return n
}

// parking waits for the changes of an epoll instance by the poller of the runtime, which gives the
// thread and the processor to others meanwhile. The runtime polls an outer instance, which has the
// loop's as a member during a wait alone: otherwise each answer would wake the thread of the runtime
// that waits for other descriptors, for nothing.
type parking struct {
	outer  int
	file   *os.File // outer
	conn   syscall.RawConn
	inner  int
	events []syscall.EpollEvent
	n      int
	look   func(fd uintptr) bool
}

// newParking owns the descriptor from now on, unless it fails.
func newParking(inner int, events []syscall.EpollEvent) (*parking, error) {
	outer, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.SetNonblock(outer, true); err != nil { // or the runtime does not poll it
		_ = syscall.Close(outer)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &parking{outer: outer, file: os.NewFile(uintptr(outer), "epoll"), inner: inner, events: events}
	p.look = func(uintptr) bool {
		p.n = waitEdges(p.inner, p.events, 0)
		return p.n > 0
	}
	p.conn, err = p.file.SyscallConn()
	return p, err
}

// wait returns how many changes there are, after some time at most. It may come back a little later.
func (p *parking) wait(nanoseconds int64) int {
	if p.file.SetReadDeadline(time.Now().Add(time.Duration(nanoseconds))) != nil {
		return 0
	}
	if syscall.EpollCtl(p.outer, syscall.EPOLL_CTL_ADD, p.inner, &syscall.EpollEvent{Events: syscall.EPOLLIN}) != nil {
		return 0
	}
	p.n = 0
	_ = p.conn.Read(p.look) // an error is the deadline
	_ = syscall.EpollCtl(p.outer, syscall.EPOLL_CTL_DEL, p.inner, nil)
	return p.n
}

func (p *parking) close() {
	_ = p.file.Close()
	_ = syscall.Close(p.inner)
}
