//go:build linux || darwin

package app

import (
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// quiet keeps a terminal from showing what is typed while a view is drawn on it. The function that it
// returns gives the terminal back as it was, without what was typed meanwhile: that would run in the
// shell. Ctrl-C and Ctrl-Z go on to work.
func quiet(stdin io.Reader) (loud func()) {
	nothing := func() {}
	f, ok := stdin.(*os.File)
	if !ok {
		return nothing
	}
	fd := int(f.Fd())
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil || !foreground(fd) || before.Lflag&unix.ECHO == 0 {
		return nothing
	}
	silent := *before
	silent.Lflag &^= unix.ECHO | unix.ECHONL
	if unix.IoctlSetTermios(fd, setTermios, &silent) != nil {
		return nothing
	}
	loud = sync.OnceFunc(func() {
		silenced.Store(nil)
		if foreground(fd) {
			unix.IoctlSetTermios(fd, setTermiosAndFlush, before)
		}
	})
	silenced.Store(&loud)
	return loud
}

// foreground reports whether the process may change its terminal: in the background that would stop it.
func foreground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
