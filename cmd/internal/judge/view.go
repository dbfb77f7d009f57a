package judge

import (
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
)

// judgingView shows the progress of a conformance run.
type judgingView interface {
	Event(conformance.Event)
	Close()
}

type noJudgingView struct{}

func (noJudgingView) Event(conformance.Event) {}

func (noJudgingView) Close() {}

// view chooses how progress is shown: live on a terminal, and as lines everywhere else.
func (k *Command) view(name string) (judgingView, error) {
	w, kind := k.World, k.Shape.Progress
	screen := app.Terminal(w.Stderr)
	terminal := screen != nil
	switch {
	case kind == "none" || k.Shape.Silent:
		return noJudgingView{}, nil
	case kind == "json":
		return render.NewJudgingNDJSON(w.Stderr, "asyncctl "+app.VersionText()), nil
	case kind == "tui" && !terminal:
		return nil, app.Usagef("--progress tui needs a terminal on stderr; auto falls back to plain where there is none")
	case kind == "auto" && terminal && !k.Shape.Verbose && !app.Truthy(w.Env("CI")) && w.Env("TERM") != "dumb":
		kind = "tui"
	}
	if kind == "tui" {
		o := render.Options{Color: app.Colored(k.Shape.Color, w.Env), ASCII: render.ASCIIOnly(w.Env), Title: name, Term: w.Env("TERM")}
		v := render.NewJudgingTUI(screen, o)
		return &suspendableJudging{v, app.Pauses(w, v)}, nil
	}
	p := render.NewJudgingPlain(w.Stderr)
	p.Verbose = k.Shape.Verbose
	return p, nil
}

// suspendableJudging takes itself off the screen while the process is stopped by Ctrl-Z.
type suspendableJudging struct {
	*render.JudgingTUI
	stop func()
}

// Close stops listening, and closes the view.
func (s *suspendableJudging) Close() {
	s.stop()
	s.JudgingTUI.Close()
}
