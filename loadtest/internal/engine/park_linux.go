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

// block waits for something to happen.
func (e *epoll) block(left int64) int {
	switch {
	case left > longest:
		return e.parking.wait(left - 2*int64(time.Millisecond))
	case e.hold():
		defer holders.Add(-1)
		return waitEdges(e.fd, e.events[:], left)
	}
	return waitEdgesShared(e.fd, e.events[:], left)
}

// parking waits for the changes of an epoll instance by the poller of the runtime, which gives the
// thread and the processor to others meanwhile.
type parking struct {
	file   *os.File
	conn   syscall.RawConn
	events []syscall.EpollEvent
	n      int
	look   func(fd uintptr) bool
}

// newParking owns the descriptor from now on.
func newParking(epoll int, events []syscall.EpollEvent) (*parking, error) {
	if err := syscall.SetNonblock(epoll, true); err != nil { // or the runtime does not poll it
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &parking{file: os.NewFile(uintptr(epoll), "epoll"), events: events}
	p.look = func(fd uintptr) bool {
		p.n = waitEdges(int(fd), p.events, 0)
		return p.n > 0
	}
	var err error
	p.conn, err = p.file.SyscallConn()
	return p, err
}

// wait returns how many changes there are, after some time at most. It may come back a little later.
func (p *parking) wait(nanoseconds int64) int {
	if p.file.SetReadDeadline(time.Now().Add(time.Duration(nanoseconds))) != nil {
		return 0
	}
	p.n = 0
	_ = p.conn.Read(p.look) // an error is the deadline
	return p.n
}

func (p *parking) close() { _ = p.file.Close() }
