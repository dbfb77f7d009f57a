//go:build amd64 || arm64

package engine

import (
	"net/netip"
	"syscall"
	"unsafe"
)

// Sockets without the runtime's poller. Calls on a socket that does not block return at once, so they
// need not tell the scheduler: RawSyscall saves a part of their time.

// openSocket begins to connect; the socket does not block.
func openSocket(to netip.AddrPort) (fd int, err error) {
	var address syscall.Sockaddr
	family := syscall.AF_INET
	if to.Addr().Is4() {
		address = &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	} else {
		family = syscall.AF_INET6
		address = &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
	}
	fd, err = syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1) // without it only slower
	if err = syscall.Connect(fd, address); err != nil && err != syscall.EINPROGRESS {
		_ = syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// socketError returns what became of a connection attempt.
func socketError(fd int) error {
	n, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ERROR)
	if err != nil {
		return err
	}
	if n != 0 {
		return syscall.Errno(n)
	}
	return nil
}

func readSocket(fd int, b []byte) (int, syscall.Errno) {
	for {
		n, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
		if e != syscall.EINTR {
			return int(n), e
		}
	}
}

func writeSocket(fd int, b []byte) (int, syscall.Errno) {
	for {
		n, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), syscall.MSG_NOSIGNAL, 0, 0)
		if e != syscall.EINTR {
			return int(n), e
		}
	}
}

// quiet reports whether an idle connection is still open and the server has sent nothing.
func quiet(fd int) bool {
	var b [1]byte
	_, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), 1, syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
	return e == syscall.EAGAIN
}

// edges is what a socket is watched for: changes only, so that it is registered once.
const edges = syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | 1<<31 // EPOLLET

// sysEpollPwait2 is the same on all architectures (Linux 5.11).
const sysEpollPwait2 = 441

// waitEdges returns the changes that there are, and waits for some at most for a number of nanoseconds.
// It does not tell the scheduler.
func waitEdges(epoll int, events []syscall.EpollEvent, nanoseconds int64) int {
	at, room := uintptr(unsafe.Pointer(&events[0])), uintptr(len(events))
	if nanoseconds <= 0 {
		n, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(epoll), at, room, 0, 0, 0)
		return count(n, e)
	}
	timeout := syscall.NsecToTimespec(nanoseconds)
	n, _, e := syscall.RawSyscall6(sysEpollPwait2, uintptr(epoll), at, room, uintptr(unsafe.Pointer(&timeout)), 0, 0)
	if e == syscall.ENOSYS {
		n, _, e = syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(epoll), at, room, milliseconds(nanoseconds), 0, 0)
	}
	return count(n, e)
}

// waitEdgesShared does the same, and the runtime may use the processor meanwhile.
func waitEdgesShared(epoll int, events []syscall.EpollEvent, nanoseconds int64) int {
	at, room := uintptr(unsafe.Pointer(&events[0])), uintptr(len(events))
	timeout := syscall.NsecToTimespec(nanoseconds)
	n, _, e := syscall.Syscall6(sysEpollPwait2, uintptr(epoll), at, room, uintptr(unsafe.Pointer(&timeout)), 0, 0)
	if e == syscall.ENOSYS {
		n, _, e = syscall.Syscall6(syscall.SYS_EPOLL_PWAIT, uintptr(epoll), at, room, milliseconds(nanoseconds), 0, 0)
	}
	return count(n, e)
}

// milliseconds rounds up, for kernels before 5.11.
func milliseconds(nanoseconds int64) uintptr { return uintptr((nanoseconds + 999_999) / 1_000_000) }

func count(n uintptr, e syscall.Errno) int {
	if e != 0 {
		return 0
	}
	return int(n)
}

// pause sleeps for a number of nanoseconds below a second. The runtime's timers are much coarser.
func pause(nanoseconds int64) {
	at := syscall.Timespec{Nsec: nanoseconds}
	syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&at)), 0, 0)
}
