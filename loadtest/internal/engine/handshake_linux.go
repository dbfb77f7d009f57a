//go:build amd64 || arm64

package engine

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// handshakes are made by goroutines that block, because crypto/tls cannot interrupt one: a bounded
// number at a time. The loop hears of their end through an eventfd.
type handshakes struct {
	ctx     context.Context
	stop    context.CancelFunc
	wake    int     // the eventfd; 0: there are no handshakes
	running int     // goroutines
	queue   []*conn // that wait for one
	all     sync.WaitGroup

	mu   sync.Mutex
	over []shaken
}

// shaken is the end of a handshake. The conn may have been given up, and be another by now: its life
// tells.
type shaken struct {
	c      *conn
	life   int32
	secure *tls.Conn
	err    error
}

// wakeNumber is the number of the eventfd's events.
const wakeNumber = -1

// begin registers the eventfd with the loop.
func (h *handshakes) begin(loop int) error {
	fd, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return os.NewSyscallError("eventfd", errno)
	}
	h.wake = int(fd)
	h.ctx, h.stop = context.WithCancel(context.Background())
	return syscall.EpollCtl(loop, syscall.EPOLL_CTL_ADD, h.wake, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: wakeNumber})
}

// end waits for all of them.
func (h *handshakes) end() {
	if h.wake == 0 {
		return
	}
	h.stop()
	h.all.Wait()
	_ = syscall.Close(h.wake)
}

// add has the handshake of a connected socket made, as soon as there is room.
func (h *handshakes) add(c *conn, now, timeout int64) {
	if h.running >= MaxHandshakes {
		h.queue = append(h.queue, c)
		return
	}
	h.running++
	// The goroutine owns the link until its end is taken; it works on a copy of the descriptor.
	fd, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(c.link.fd), syscall.F_DUPFD_CLOEXEC, 0)
	l, life, config := c.link, c.life, c.pool.tls
	left := time.Duration(c.begun + timeout - now)
	h.all.Go(func() {
		end := shaken{c: c, life: life}
		if end.err = os.NewSyscallError("dup", errnoError(errno)); end.err == nil {
			ctx, cancel := context.WithTimeout(h.ctx, left)
			end.secure, end.err = l.shake(ctx, int(fd), config)
			cancel()
		}
		h.mu.Lock()
		h.over = append(h.over, end)
		h.mu.Unlock()
		one := [8]byte{1}
		_, _ = syscall.Write(h.wake, one[:])
	})
}

// errnoError is nil for 0.
func errnoError(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

// take returns those that are over.
func (h *handshakes) take() []shaken {
	var count [8]byte
	_, _ = syscall.Read(h.wake, count[:])
	h.mu.Lock()
	defer h.mu.Unlock()
	over := h.over
	h.over = nil
	h.running -= len(over)
	return over
}

// shake makes a handshake over a copy of the descriptor, which it closes. It blocks the goroutine and
// not the thread. Afterwards the connection goes on over the descriptor itself.
func (l *link) shake(ctx context.Context, fd int, config *tls.Config) (*tls.Conn, error) {
	file := os.NewFile(uintptr(fd), "socket")
	blocking, err := net.FileConn(file)
	_ = file.Close()
	if err != nil {
		return nil, err
	}
	defer blocking.Close()
	l.shaking = blocking
	secure := tls.Client(socketConn{l, blocking}, config)
	err = secure.HandshakeContext(ctx)
	l.shaking = nil
	return secure, err
}
