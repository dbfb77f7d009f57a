package render

import (
	"fmt"
	"os"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/asyncctl/asyncctl/loadtest"
)

// LoadTUI is the dashboard of a load test on a terminal. As [TUI], it reads nothing from the terminal,
// asks it nothing, changes none of its modes and leaves the cursor visible. Its methods may be called
// from any goroutine.
type LoadTUI struct {
	out *os.File
	o   LoadOptions

	mu        sync.Mutex
	s         loadState
	program   *tea.Program // nil before the first snapshot, while suspended, and at the end
	done      sync.WaitGroup
	suspended bool
	closed    bool
}

// NewLoadTUI returns a dashboard that draws on out, which is a terminal. It is not touched before the
// first snapshot.
func NewLoadTUI(out *os.File, o LoadOptions) *LoadTUI {
	return &LoadTUI{out: out, o: o, s: newLoadState(o)}
}

// loadModel is the Bubble Tea side. Its messages are the screen as it stands now, the size of the
// terminal, and leave.
type loadModel struct {
	screen loadScreen
	left   bool
}

// Init has nothing to do.
func (m loadModel) Init() tea.Cmd { return nil }

// Update takes one message in.
func (m loadModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case loadFrame:
		m.screen.frame = msg
	case tea.WindowSizeMsg:
		m.screen.width, m.screen.height = msg.Width, msg.Height
	case leave:
		m.left = true
	}
	return m, nil
}

// View draws.
func (m loadModel) View() tea.View {
	if m.left {
		return inline("", 0)
	}
	text := m.screen.view()
	return inline(text, strings.Count(text, "\n"))
}

// Snapshot takes the newest figures in.
func (t *LoadTUI) Snapshot(snap loadtest.Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.s = t.s.apply(snap)
	switch {
	case t.suspended:
		return
	case t.program == nil:
		t.start()
		return
	}
	t.program.Send(t.s.frame(glyphs{ascii: t.o.ASCII, color: t.o.Color}))
}

// start puts the dashboard on the terminal. The mutex is held.
func (t *LoadTUI) start() {
	g := glyphs{ascii: t.o.ASCII, color: t.o.Color}
	profile := colorprofile.ASCII
	if t.o.Color {
		profile = colorprofile.ANSI
	}
	t.program = tea.NewProgram(loadModel{screen: loadScreen{g: g, frame: t.s.frame(g)}},
		tea.WithInput(nil), tea.WithOutput(t.out), tea.WithoutSignalHandler(), tea.WithFPS(maxFrames),
		tea.WithColorProfile(profile), tea.WithEnvironment([]string{"TERM=" + t.o.Term}))
	program := t.program
	t.done.Go(func() { program.Run() })
}

// Close takes the dashboard away.
func (t *LoadTUI) Close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.leave()
}

// Suspend takes the dashboard away until Resume. What comes in meanwhile is remembered.
func (t *LoadTUI) Suspend() {
	t.mu.Lock()
	t.suspended = true
	t.mu.Unlock()
	t.leave()
}

// Resume draws the dashboard again, where the cursor is now, with the next snapshot.
func (t *LoadTUI) Resume() {
	t.mu.Lock()
	t.suspended = false
	t.mu.Unlock()
}

// leave takes the dashboard off the terminal.
func (t *LoadTUI) leave() {
	t.mu.Lock()
	program := t.program
	t.program = nil
	t.mu.Unlock()
	if program == nil {
		return
	}
	program.Send(leave{})
	program.Quit()
	t.done.Wait()
	fmt.Fprint(t.out, wipe)
}
