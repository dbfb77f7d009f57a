package render

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/asyncctl/asyncctl/internal/show"
)

// PrettyJSON writes a JSON document for a person: indented, in colours if that is asked for, and with every
// character that would not show itself as an escape. It reports whether the text is one document.
func PrettyJSON(w io.Writer, text []byte, color bool) (bool, error) {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return false, nil
	}
	shown := string(show.JSON(b.Bytes()))
	if color {
		shown = colorJSON(shown)
	}
	_, err := io.WriteString(w, strings.TrimRight(shown, "\n")+"\n")
	return true, err
}

// colorJSON puts names, texts, and other values of an indented document into colours.
func colorJSON(text string) string {
	name, value, word := lipgloss.NewStyle().Foreground(lipgloss.Cyan), lipgloss.NewStyle().Foreground(lipgloss.Green), lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	var b strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			style := value
			if strings.HasPrefix(text[end:], ":") {
				style = name
			}
			b.WriteString(style.Render(text[i:end]))
			i = end
		case c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z':
			end := i
			for end < len(text) && !strings.ContainsRune(",]}\n ", rune(text[end])) {
				end++
			}
			b.WriteString(word.Render(text[i:end]))
			i = end
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}
