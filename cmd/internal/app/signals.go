package app

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// ending lists the signals that end a command, with their names.
var ending = map[os.Signal]string{
	os.Interrupt: "SIGINT", syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP", syscall.SIGQUIT: "SIGQUIT",
}

// signalled is why a context ended.
type signalled struct{ sig os.Signal }

func (s signalled) Error() string { return "interrupted by " + ending[s.sig] }

// Interruptible returns a context that ends at the first SIGINT, SIGTERM, SIGHUP or SIGQUIT. The second
// one ends the process. With nohup a SIGHUP stays ignored.
// From here on, a write to a closed pipe is an error and no signal.
func Interruptible(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	for sig := range ending {
		if sig != syscall.SIGHUP || !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	done := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		var first os.Signal
		var reads <-chan time.Time
		for {
			select {
			case sig := <-signals:
				if first != nil {
					GiveBack()
					os.Exit(codeOfSignal(sig))
				}
				cancel(signalled{sig})
				first, reads = sig, time.Tick(10*time.Millisecond)
			case <-reads:
				if bounded.Waiting() { // nothing was sent, and no context ends such a read
					GiveBack()
					os.Exit(codeOfSignal(first))
				}
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		signal.Stop(pipes)
		close(done)
		<-finished
		cancel(nil)
	}
}

// SignalCode is 128 and the number of the signal that ended the context.
func SignalCode(ctx context.Context) int {
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		return codeOfSignal(s.sig)
	}
	return exitInterrupted
}

func codeOfSignal(sig os.Signal) int {
	if n, ok := sig.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitInterrupted
}
