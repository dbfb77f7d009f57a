//go:build linux

// Command bare is the least of a server: it answers from one loop over epoll, with texts made
// beforehand, so that what loads it is measured and not the server.
//
//	POST /p    202, Location: /p/N    GET /p/N    200, a status that is never done
//	POST /q    202, Location: /q/N    GET /q/N    303, Location: /r/N    GET /r/N    200, a result
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"net"
	"strconv"
	"syscall"
	"unsafe"
)

const edge = syscall.EPOLLIN | syscall.EPOLLRDHUP | 1<<31

var (
	status = answer("200 OK", "Content-Type: application/json\r\nRetry-After: 30\r\n",
		`{"id":"0d5c9f38-2fbc-4d87","status":"running","createdAt":"2026-01-02T11:58:13Z","percentComplete":42}`)
	result  = answer("200 OK", "Content-Type: application/json\r\n", `{"answer":42}`)
	nothing = answer("404 Not Found", "", "")
)

func answer(status, header, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\nDate: Fri, 02 Jan 2026 12:00:00 GMT\r\n%sContent-Length: %d\r\n\r\n%s", status, header, len(body), body)
}

type server struct {
	epoll, listener int
	next            int64
	in, out         []byte
	half            map[int32][]byte // requests that came in pieces
}

func main() {
	address := flag.String("listen", "127.0.0.1:9999", "address")
	flag.Parse()
	to, err := net.ResolveTCPAddr("tcp4", *address)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{in: make([]byte, 64<<10), half: map[int32][]byte{}}
	if s.listener, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0); err != nil {
		log.Fatal(err)
	}
	at := &syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}
	_ = syscall.SetsockoptInt(s.listener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err := syscall.Bind(s.listener, at); err != nil {
		log.Fatal(err)
	}
	if err := syscall.Listen(s.listener, 4096); err != nil {
		log.Fatal(err)
	}
	if s.epoll, err = syscall.EpollCreate1(0); err != nil {
		log.Fatal(err)
	}
	s.watch(s.listener, syscall.EPOLLIN)
	s.serve()
}

func (s *server) watch(fd int, events uint32) {
	if err := syscall.EpollCtl(s.epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: events, Fd: int32(fd)}); err != nil {
		log.Fatal(err)
	}
}

func (s *server) serve() {
	events := make([]syscall.EpollEvent, 256)
	for {
		n, _, _ := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(s.epoll), uintptr(unsafe.Pointer(&events[0])), 256, 0, 0, 0)
		if int(n) <= 0 {
			n, _, _ = syscall.Syscall6(syscall.SYS_EPOLL_PWAIT, uintptr(s.epoll), uintptr(unsafe.Pointer(&events[0])), 256, 1000, 0, 0)
		}
		for i := range max(int(n), 0) {
			if int(events[i].Fd) == s.listener {
				s.accept()
				continue
			}
			s.read(events[i].Fd)
		}
	}
}

func (s *server) accept() {
	for {
		fd, _, err := syscall.Accept4(s.listener, syscall.SOCK_NONBLOCK)
		if err != nil {
			return
		}
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		s.watch(fd, edge)
	}
}

func (s *server) read(fd int32) {
	n, _, e := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&s.in[0])), uintptr(len(s.in)))
	switch {
	case e == syscall.EAGAIN:
		return
	case e != 0 || n == 0:
		delete(s.half, fd)
		_ = syscall.Close(int(fd))
		return
	}
	b := s.in[:n]
	if half, ok := s.half[fd]; ok {
		b = append(half, b...)
		delete(s.half, fd)
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 || end+4+length(b[:end]) > len(b) {
		s.half[fd] = bytes.Clone(b)
		return
	}
	out := s.answer(b)
	syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&out[0])), uintptr(len(out)))
}

func length(head []byte) int {
	_, after, ok := bytes.Cut(bytes.ToLower(head), []byte("\r\ncontent-length: "))
	if !ok || head[0] == 'G' {
		return 0
	}
	line, _, _ := bytes.Cut(after, []byte("\r\n"))
	n, _ := strconv.Atoi(string(line))
	return n
}

func (s *server) answer(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte("GET /p")):
		return status
	case bytes.HasPrefix(b, []byte("GET /r")):
		return result
	case bytes.HasPrefix(b, []byte("GET /q/")):
		id, _, _ := bytes.Cut(b[7:], []byte(" "))
		s.out = append(s.out[:0], "HTTP/1.1 303 See Other\r\nLocation: /r/"...)
		s.out = append(s.out, id...)
		return append(s.out, "\r\nContent-Length: 0\r\n\r\n"...)
	case bytes.HasPrefix(b, []byte("POST /")):
		s.next++
		s.out = append(s.out[:0], "HTTP/1.1 202 Accepted\r\nLocation: /"...)
		s.out = append(s.out, b[6], '/')
		s.out = append(s.out, "0d5c9f38-2fbc-4d87-8e7c-"...)
		s.out = strconv.AppendInt(s.out, 100_000_000_000+s.next, 10)
		return append(s.out, "\r\nContent-Length: 0\r\n\r\n"...)
	}
	return nothing
}
