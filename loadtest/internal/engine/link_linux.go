//go:build amd64 || arm64

package engine

import (
	"crypto/tls"
	"io"
	"net"
	"syscall"
	"time"
)

// link is a connection below HTTP: a socket that does not block, with or without TLS. It takes all that
// is written and keeps what the socket does not, because crypto/tls cannot go on after half a record.
type link struct {
	fd      int
	rest    []byte // written, and not yet taken by the socket
	drained bool   // the last read emptied the socket: another edge will tell of more
	secure  *tls.Conn
	records records
	shaking net.Conn // the same socket while the handshake blocks on it
	ahead   []byte   // read from the socket in one piece, and not yet taken
	buffer  []byte   // what ahead is a part of where nothing was fetched; nil: crypto/tls reads from the socket itself
	fetched bool     // ahead, or failed, is what fetch met
	failed  error
}

// wouldBlock says that there is nothing to read now. crypto/tls goes on after an error of package net
// that is temporary; any other it returns forever.
type wouldBlock struct{}

func (wouldBlock) Error() string   { return "nothing to read now" }
func (wouldBlock) Timeout() bool   { return true }
func (wouldBlock) Temporary() bool { return true }

var errWouldBlock net.Error = wouldBlock{}

// read returns bytes of HTTP; more reports whether it is worth asking again. Both n and err may be set.
func (l *link) read(b []byte) (n int, more bool, err error) {
	if l.secure != nil {
		n, err = l.secure.Read(b)
		l.records.taken++
		if err != nil {
			l.records.read, l.records.taken = 0, 0
		}
		return n, !l.drained || len(l.ahead) > 0 || !l.records.empty(), err
	}
	if n, err = l.takeAhead(b); n == 0 && err == nil {
		n, err = l.readSocket(b)
	}
	return n, !l.drained || len(l.ahead) > 0, err
}

// fetch reads into b what the next reads take. It has to last until they have taken all.
func (l *link) fetch(b []byte) (n int) {
	l.drained = false
	n, l.failed = l.readSocket(b)
	l.ahead, l.fetched = b[:n], true
	l.records.add(l.ahead)
	return n
}

// takeAhead takes what was read before; nothing if that is all taken.
func (l *link) takeAhead(b []byte) (n int, err error) {
	n = copy(b, l.ahead)
	l.ahead = l.ahead[n:]
	if len(l.ahead) == 0 {
		err, l.fetched, l.failed = l.failed, false, nil // with bytes there is no error
	}
	return n, err
}

// readSocket returns what the socket has.
func (l *link) readSocket(b []byte) (int, error) {
	if l.drained {
		return 0, errWouldBlock
	}
	n, errno := readSocket(l.fd, b)
	switch {
	case errno == syscall.EAGAIN:
		l.drained = true
		return 0, errWouldBlock
	case errno != 0:
		return 0, errno
	case n == 0:
		return 0, io.EOF
	}
	l.drained = n < len(b)
	return n, nil
}

// write takes all of b.
func (l *link) write(b []byte) error {
	if l.secure != nil {
		_, err := l.secure.Write(b)
		return err
	}
	return l.writeSocket(b)
}

func (l *link) writeSocket(b []byte) error {
	n := 0
	if len(l.rest) == 0 {
		var errno syscall.Errno
		if n, errno = writeSocket(l.fd, b); errno == syscall.EAGAIN {
			n = 0
		} else if errno != 0 {
			return errno
		}
	}
	l.rest = append(l.rest, b[n:]...)
	return nil
}

// writeRest goes on with what the socket did not take.
func (l *link) writeRest() error {
	n, errno := writeSocket(l.fd, l.rest)
	switch {
	case errno == syscall.EAGAIN:
		return nil
	case errno != 0:
		return errno
	}
	l.rest = append(l.rest[:0], l.rest[n:]...)
	return nil
}

// socketConn is the link as crypto/tls sees it: blocking while the handshake goes on, and afterwards
// not. Deadlines are the loop's business.
type socketConn struct {
	*link
	blocking net.Conn
}

func (c socketConn) Read(b []byte) (int, error) {
	if c.shaking != nil {
		n, err := c.shaking.Read(b)
		c.records.add(b[:n])
		return n, err
	}
	if n, err := c.takeAhead(b); n > 0 || err != nil {
		return n, err
	}
	if c.buffer == nil {
		n, err := c.readSocket(b)
		c.records.add(b[:n])
		return n, err
	}
	n, err := c.readSocket(c.buffer)
	if err != nil {
		return 0, err
	}
	c.ahead = c.buffer[:n]
	c.records.add(c.ahead)
	return c.takeAhead(b)
}

func (c socketConn) Write(b []byte) (int, error) {
	if c.shaking != nil {
		return c.shaking.Write(b)
	}
	if err := c.writeSocket(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close ends the handshake, if that goes on; its context may call it later, too, from another goroutine.
// The loop closes the descriptor.
func (c socketConn) Close() error { return c.blocking.Close() }

func (c socketConn) LocalAddr() net.Addr              { return nil }
func (c socketConn) RemoteAddr() net.Addr             { return nil }
func (c socketConn) SetDeadline(time.Time) error      { return nil }
func (c socketConn) SetReadDeadline(time.Time) error  { return nil }
func (c socketConn) SetWriteDeadline(time.Time) error { return nil }
