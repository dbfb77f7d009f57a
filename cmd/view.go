package cmd

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
)

// pausable is a view that draws over itself, and must go while the process is stopped.
type pausable interface {
	Suspend()
	Resume()
}

// liveView is one of operations.
type liveView interface {
	render.View
	pausable
}

// suspendableView takes itself off the screen while the process is stopped.
type suspendableView struct {
	liveView
	stop func()
}

func suspendable(v liveView) render.View { return &suspendableView{v, pauses(v)} }

// Close stops listening, and closes the view.
func (v *suspendableView) Close() {
	v.stop()
	v.liveView.Close()
}

type noView struct{}

func (noView) Event(poller.Event) {}
func (noView) Close()             {}

// view chooses how progress is shown: live on a terminal, a panel for one operation and bars for
// many (names is then not nil), and plain lines everywhere else, in CI systems too.
func (f *outputFlags) view(w World, title string, names []string) (render.View, error) {
	kind := f.progress
	screen, terminal := w.Stderr.(*os.File)
	terminal = terminal && isTerminal(w.Stderr)
	switch {
	case kind == "none" || f.silent:
		return noView{}, nil
	case kind == "json":
		return render.NewNDJSON(w.Stderr, "asyncctl "+versionText()), nil
	case (kind == "tui" || kind == "bars") && !terminal:
		return nil, usagef("--progress %s needs a terminal on stderr; auto falls back to plain where there is none", kind)
	case kind == "auto" && terminal && !f.verbose && !truthy(w.Env("CI")) && w.Env("TERM") != "dumb":
		if kind = "tui"; names != nil {
			kind = "bars"
		}
	}
	options := render.Options{Color: colored(f.color, w.Env), ASCII: render.ASCIIOnly(w.Env), Title: title, Names: names, Term: w.Env("TERM")}
	switch kind {
	case "tui":
		return suspendable(render.NewTUI(screen, options)), nil
	case "bars":
		return suspendable(render.NewBars(screen, options)), nil
	}
	p := render.NewPlain(w.Stderr)
	p.Verbose, p.Names = f.verbose, names
	return p, nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colored decides about colours on a terminal: --color beats NO_COLOR, that CLICOLOR_FORCE, and that
// a dumb terminal. See no-color.org and bixense.com/clicolors.
func colored(flag string, env func(string) string) bool {
	switch {
	case flag == "always" || flag == "never":
		return flag == "always"
	case env("NO_COLOR") != "":
		return false
	case truthy(env("CLICOLOR_FORCE")):
		return true
	}
	return env("TERM") != "dumb" && env("CLICOLOR") != "0"
}

// truthy reads a variable that switches something on: CI=true, CI=1.
func truthy(v string) bool { return v != "" && v != "0" && !strings.EqualFold(v, "false") }
