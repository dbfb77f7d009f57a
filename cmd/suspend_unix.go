//go:build unix

package cmd

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
)

// suspendableView takes itself off the screen while the process is stopped by Ctrl-Z.
type suspendableView struct {
	liveView
	signals chan os.Signal
	once    sync.Once
	gone    sync.WaitGroup
}

func suspendable(lv liveView) render.View {
	v := &suspendableView{liveView: lv, signals: make(chan os.Signal, 1)}
	signal.Notify(v.signals, syscall.SIGTSTP)
	v.gone.Go(func() {
		for range v.signals {
			lv.Suspend()
			syscall.Kill(syscall.Getpid(), syscall.SIGSTOP) // goes on here after SIGCONT
			lv.Resume()
		}
	})
	return v
}

// Close stops listening, and closes the view.
func (v *suspendableView) Close() {
	v.once.Do(func() {
		signal.Stop(v.signals)
		close(v.signals)
		v.gone.Wait()
	})
	v.liveView.Close()
}
