package render

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/asyncctl/asyncctl/internal/show"
)

// glyphs draw what is not text: one set in Unicode, one in ASCII. Colour comes on top.
type glyphs struct {
	ascii, color bool
	links        bool // the terminal shows hyperlinks, or passes over them
}

// mark is how a state or an outcome is shown beside its word.
type mark struct {
	unicode, ascii string
	color          color.Color // of the sixteen; nil: the terminal's own
}

// marks has an entry for each word of lro.State and lro.Outcome.
var marks = map[string]mark{
	"unknown":    {"?", "?", nil},
	"pending":    {"○", "o", nil},
	"running":    {"●", "*", lipgloss.Cyan},
	"waiting":    {"◇", "=", lipgloss.Yellow},
	"cancelling": {"◐", "~", lipgloss.Yellow},
	"succeeded":  {"✓", "+", lipgloss.Green},
	"failed":     {"✗", "x", lipgloss.Red},
	"partial":    {"✗", "x", lipgloss.Red},
	"cancelled":  {"■", "-", lipgloss.Yellow},
	"refused":    {"✗", "x", lipgloss.Red},
	"lost":       {"?", "?", lipgloss.Red},
	"gone":       {"?", "?", lipgloss.Red},
	"not-sent":   {"✗", "x", lipgloss.Red},
	"timeout":    {"!", "!", lipgloss.Yellow},
	// the one reason that is shown instead of an outcome
	"interrupted": {"!", "!", lipgloss.Yellow},
}

// state returns symbol and word, in the state's colour.
func (g glyphs) state(word string) string {
	m, ok := marks[word]
	if !ok {
		m = marks["unknown"]
	}
	symbol := m.unicode
	if g.ascii {
		symbol = m.ascii
	}
	text := symbol + " " + g.text(word)
	if !g.color || m.color == nil {
		return text
	}
	return lipgloss.NewStyle().Foreground(m.color).Bold(true).Render(text)
}

// word returns the word of a state alone, in its colour.
func (g glyphs) word(word string) string {
	m := marks[word]
	if !g.color || m.color == nil {
		return word
	}
	return lipgloss.NewStyle().Foreground(m.color).Bold(true).Render(word)
}

// symbol returns the symbol of a state alone, in its colour.
func (g glyphs) symbol(word string) string {
	m := marks[word]
	text := m.unicode
	if g.ascii {
		text = m.ascii
	}
	if !g.color || m.color == nil {
		return text
	}
	return lipgloss.NewStyle().Foreground(m.color).Render(text)
}

// bar returns a bar of the given width, filled to a percentage.
func (g glyphs) bar(percent float64, width int) string {
	full, rest := "█", "░"
	if g.ascii {
		full, rest = "#", "-"
	}
	n := int(bounded(percent) / 100 * float64(width))
	return g.tint(strings.Repeat(full, n)) + g.faint(strings.Repeat(rest, width-n))
}

// faint puts a text back behind what matters, such as a label behind its value.
func (g glyphs) faint(text string) string {
	if !g.color || strings.TrimSpace(text) == "" {
		return text
	}
	return lipgloss.NewStyle().Faint(true).Render(text)
}

// link returns a URL as it is shown, which leads there on terminals that have hyperlinks (OSC 8). One
// that hides something, or is no plain http or https URL, leads nowhere.
func (g glyphs) link(url string) string {
	_, text, _ := strings.Cut(url, "://")
	text = g.text(text)
	web := strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
	if !g.links || !web || show.URL(url) != url || strings.Contains(url, show.Hidden) || strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return text
	}
	return lipgloss.NewStyle().Hyperlink(url).Render(text)
}

// warn puts a text into the colour of what deserves a look.
func (g glyphs) warn(text string) string { return g.colored(text, lipgloss.Yellow) }

// tint puts a drawing into the colour of what is merely drawn.
func (g glyphs) tint(text string) string { return g.colored(text, lipgloss.Cyan) }

func (g glyphs) colored(text string, c color.Color) string {
	if !g.color || strings.TrimSpace(text) == "" {
		return text
	}
	return lipgloss.NewStyle().Foreground(c).Render(text)
}

// text returns foreign text as it may be shown.
func (g glyphs) text(s string) string {
	s = Clean(s)
	if !g.ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '?'
		}
		return r
	}, s)
}

// clip cuts a line to a width. Terminals do not agree on how wide clusters of characters are, so it
// fits by either measure.
func (g glyphs) clip(s string, width int) string {
	if width <= 0 {
		return ""
	}
	tail := "…"
	if g.ascii {
		tail = "..."
	}
	if width <= len(tail) {
		tail = ""
	}
	return ansi.TruncateWc(ansi.Truncate(s, width, tail), width, tail)
}

// pad clips a text and fills it up to a width.
func (g glyphs) pad(s string, width int) string {
	s = g.clip(s, width)
	return s + strings.Repeat(" ", max(0, width-wide(s)))
}

// wide is how many columns a line takes at most.
func wide(s string) int { return max(ansi.StringWidth(s), ansi.StringWidthWc(s)) }
