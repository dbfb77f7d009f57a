//go:build unix

package app

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Pauses takes a view off the screen while the process is stopped by Ctrl-Z, and keeps what is typed out of
// it, until the function that it returns is called. That may be called more than once.
func Pauses(w World, v Pausable) (stop func()) {
	loud := quiet(w.Stdin)
	signals := make(chan os.Signal, 1)
	var gone sync.WaitGroup
	signal.Notify(signals, syscall.SIGTSTP)
	gone.Go(func() {
		for range signals {
			v.Suspend()
			loud()
			syscall.Kill(syscall.Getpid(), syscall.SIGSTOP) // goes on here after SIGCONT
			loud = quiet(w.Stdin)
			v.Resume()
		}
	})
	return sync.OnceFunc(func() {
		signal.Stop(signals)
		close(signals)
		gone.Wait()
		loud()
	})
}
