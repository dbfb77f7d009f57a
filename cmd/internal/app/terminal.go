package app

import (
	"io"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
)

// cleanWriter shows control characters instead of sending them to the terminal.
type cleanWriter struct{ w io.Writer }

// NewCleanWriter returns a writer to w that shows control characters.
func NewCleanWriter(w io.Writer) io.Writer { return cleanWriter{w} }

func (c cleanWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(c.w, render.CleanText(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Indent puts four blanks before each line.
func Indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }

// silenced is what gives the terminal back that a view keeps quiet; nil where none does.
var silenced atomic.Pointer[func()]

// GiveBack gives the terminal back before the process ends in an unusual way.
func GiveBack() {
	if loud := silenced.Load(); loud != nil {
		(*loud)()
	}
}

// Pausable is a view that draws over itself, and must go while the process is stopped.
type Pausable interface {
	Suspend()
	Resume()
}

// Terminal returns the file behind a stream of the world if it is a terminal, else nil.
func Terminal(w io.Writer) *os.File {
	if s, ok := w.(*Stdout); ok {
		w = s.to
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// IsTerminal reports whether a stream of the world is a terminal.
func IsTerminal(w io.Writer) bool { return Terminal(w) != nil }

// Colored decides about colours on a terminal: --color beats NO_COLOR, that CLICOLOR_FORCE, and that
// a dumb terminal. See no-color.org and bixense.com/clicolors.
func Colored(flag string, env func(string) string) bool {
	switch {
	case flag == "always" || flag == "never":
		return flag == "always"
	case env("NO_COLOR") != "":
		return false
	case Truthy(env("CLICOLOR_FORCE")):
		return true
	}
	return env("TERM") != "dumb" && env("CLICOLOR") != "0"
}

// ColoredLines decides about colours where there may be no terminal: there only --color always and
// CLICOLOR_FORCE ask for them.
func ColoredLines(flag string, env func(string) string, terminal bool) bool {
	if terminal || flag == "always" {
		return Colored(flag, env)
	}
	return flag != "never" && env("NO_COLOR") == "" && Truthy(env("CLICOLOR_FORCE"))
}

// Truthy reads a variable that switches something on: CI=true, CI=1.
func Truthy(v string) bool { return v != "" && v != "0" && !strings.EqualFold(v, "false") }
