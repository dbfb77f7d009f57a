//go:build amd64 || arm64

package engine

import (
	"os"
	"syscall"
	"time"
)

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
