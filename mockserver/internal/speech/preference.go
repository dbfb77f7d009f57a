package speech

import (
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Preference is what a client said with Prefer, as far as it is known here.
type Preference struct {
	Async   bool // respond-async
	Waits   bool // wait
	Bare    bool // wait without a time
	Seconds int  // of wait
}

// MaxPreferWait is the longest wait in seconds that is told from longer ones.
const MaxPreferWait = 1 << 30

// ParsePrefer reads the fields. Unknown preferences, parameters, and values that
// make no sense are ignored, and of two equal names the first counts.
//
// RFC 7240, section 2.
func ParsePrefer(lines []string) Preference {
	var p Preference
	for _, line := range lines {
		for _, member := range splitUnquoted(line, ',') {
			p.set(splitUnquoted(member, ';')[0]) // what follows are parameters
		}
	}
	return p
}

func (p *Preference) set(text string) {
	name, value, valued := strings.Cut(text, "=")
	value = strings.Trim(value, " \t")
	if strings.HasPrefix(value, `"`) {
		value, _, _ = Unquote(value)
	}
	switch strings.ToLower(strings.Trim(name, " \t")) {
	case "respond-async": // RFC 7240, section 4.1
		p.Async = true
	case "wait": // RFC 7240, section 4.3: delta-seconds
		n := 0
		if !p.Waits && work.ParseInt(value, 0, MaxPreferWait, &n) {
			p.Waits, p.Seconds = true, n
		}
		p.Bare = p.Bare || !valued
	}
}

// Applied is the value of Preference-Applied: the preferences that made the
// answer what it is, done or not, when the server waits for limit at most.
//
// RFC 7240, section 3.
func (p Preference) Applied(limit time.Duration, done bool) string {
	var names []string
	if p.Async && !done {
		names = append(names, "respond-async")
	}
	if p.Waits && (done || p.Wait(limit) == p.Wait(work.MaxDuration)) {
		names = append(names, "wait="+strconv.Itoa(p.Seconds))
	}
	return strings.Join(names, ", ")
}

func (p Preference) Wait(limit time.Duration) time.Duration {
	if !p.Waits {
		return 0
	}
	return min(time.Duration(p.Seconds)*time.Second, max(limit, 0))
}

// splitUnquoted splits at a separator that is not inside a quoted string.
func splitUnquoted(text string, separator byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// Unquote reads the quoted string that text begins with, and returns what is behind it.
//
// RFC 9110, section 5.6.4.
func Unquote(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}
