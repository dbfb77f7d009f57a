package render

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// drawing draws something as it stood when the drawing was made, at a time and for a size.
type drawing func(now time.Time, width, height int) string

// model is the Bubble Tea side of a live view. Its messages are a new drawing, the time, the size of
// the terminal, and leave.
type model struct {
	draw          drawing
	now           time.Time
	width, height int
	left          bool
}

// leave empties the view before the program ends.
type leave struct{}

// Init has nothing to do.
func (m model) Init() tea.Cmd { return nil }

// Update takes one message in.
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case drawing:
		m.draw = msg
	case time.Time:
		m.now = later(m.now, msg)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case leave:
		m.left = true
	}
	return m, nil
}

// View draws. The cursor stays where it is seen, at the end, in the shape that the person gave it.
func (m model) View() tea.View {
	if m.left || m.draw == nil {
		return inline("", 0)
	}
	text := m.draw(m.now, m.width, m.height)
	return inline(text, lastRow(text))
}

func inline(text string, row int) tea.View {
	v := tea.NewView(text)
	v.DisableBracketedPasteMode = true
	v.Cursor = tea.NewCursor(0, row)
	v.Cursor.Shape, v.Cursor.Blink = ownShape, false
	return v
}

// ownShape leaves the shape of the cursor alone: DECSCUSR is 2*shape+2 for one that does not blink,
// and Bubble Tea sends no 0.
const ownShape tea.CursorShape = -1

func lastRow(text string) int { return strings.Count(text, "\n") }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
