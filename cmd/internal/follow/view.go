package follow

import (
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
)

// liveView is one of operations.
type liveView interface {
	render.View
	app.Pausable
}

// suspendableView takes itself off the screen while the process is stopped.
type suspendableView struct {
	liveView
	stop func()
}

func suspendable(w app.World, v liveView) render.View { return &suspendableView{v, app.Pauses(w, v)} }

// Close stops listening, and closes the view.
func (v *suspendableView) Close() {
	v.stop()
	v.liveView.Close()
}

type noView struct{}

func (noView) Event(poller.Event) {}

func (noView) Close() {}

// View chooses how progress is shown: live on a terminal, a panel for one operation and bars for
// many (names is then not nil), and plain lines everywhere else, in CI systems too.
func (f *Output) View(w app.World, title string, names *render.Roster) (render.View, error) {
	kind := f.Progress
	screen := app.Terminal(w.Stderr)
	terminal := screen != nil
	switch {
	case kind == "none" || f.Silent:
		return noView{}, nil
	case kind == "json":
		return render.NewNDJSON(w.Stderr, "asyncctl "+app.VersionText()), nil
	case (kind == "tui" || kind == "bars") && !terminal:
		return nil, app.Usagef("--progress %s needs a terminal on stderr; auto falls back to plain where there is none", kind)
	case kind == "auto" && terminal && !f.Verbose && !app.Truthy(w.Env("CI")) && w.Env("TERM") != "dumb":
		if kind = "tui"; names != nil {
			kind = "bars"
		}
	}
	options := render.Options{Color: app.Colored(f.Color, w.Env), ASCII: render.ASCIIOnly(w.Env), Title: title, Names: names, Term: w.Env("TERM")}
	switch kind {
	case "tui":
		return suspendable(w, render.NewTUI(screen, options)), nil
	case "bars":
		return suspendable(w, render.NewBars(screen, options)), nil
	}
	p := render.NewPlain(w.Stderr)
	p.Verbose, p.Names, p.Color = f.Verbose, names, app.ColoredLines(f.Color, w.Env, terminal)
	return p, nil
}
