package mockserver

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// A preference is what a client said with Prefer, as far as it is known here.
type preference struct {
	async   bool // respond-async
	waits   bool // wait
	seconds int  // of wait
}

// maxPreferWait is the longest wait in seconds that is told from longer ones.
const maxPreferWait = 1 << 30

// parsePrefer reads the fields. Unknown preferences, parameters, and values that
// make no sense are ignored, and of two equal names the first counts.
//
// RFC 7240, section 2.
func parsePrefer(lines []string) preference {
	var p preference
	for _, line := range lines {
		for _, member := range splitUnquoted(line, ',') {
			p.set(splitUnquoted(member, ';')[0]) // what follows are parameters
		}
	}
	return p
}

func (p *preference) set(text string) {
	name, value, _ := strings.Cut(text, "=")
	value = strings.Trim(value, " \t")
	if strings.HasPrefix(value, `"`) {
		value, _, _ = unquote(value)
	}
	switch strings.ToLower(strings.Trim(name, " \t")) {
	case "respond-async": // RFC 7240, section 4.1
		p.async = true
	case "wait": // RFC 7240, section 4.3: delta-seconds
		n := 0
		if !p.waits && parseInt(value, 0, maxPreferWait, &n) {
			p.waits, p.seconds = true, n
		}
	}
}

// applied is the value of Preference-Applied: the preferences that made the
// answer what it is, done or not, when the server waits for limit at most.
//
// RFC 7240, section 3.
func (p preference) applied(limit time.Duration, done bool) string {
	var names []string
	if p.async && !done {
		names = append(names, "respond-async")
	}
	if p.waits && (done || p.wait(limit) == p.wait(MaxDuration)) {
		names = append(names, "wait="+strconv.Itoa(p.seconds))
	}
	return strings.Join(names, ", ")
}

func (p preference) wait(limit time.Duration) time.Duration {
	if !p.waits {
		return 0
	}
	return min(time.Duration(p.seconds)*time.Second, max(limit, 0))
}

// wait holds the answer to a submit until the operation is done, the client
// wants to wait no longer, or is gone. It returns the operation as it is then.
func (s *Server) wait(x *exchange, v view, p preference) view {
	limit := p.wait(s.maxWait())
	deadline := time.Now().Add(limit)
	for woken := limit > 0; woken; {
		wake := s.clock.changes()
		s.look(x, &v)
		patience := time.Until(deadline)
		if v.snap.Remaining >= 0 {
			patience = min(patience, times(v.snap.Remaining, 1/x.scale))
		}
		if patience <= 0 {
			return v
		}
		woken = linger(x.r.Context(), patience, wake)
		s.look(x, &v)
	}
	return v
}

// look brings a view of an operation up to date.
func (s *Server) look(x *exchange, v *view) {
	s.tick(x)
	s.store.visit(v.id, func(op *operation) { *v = op.promise(x.now, x.scale) })
}

// linger waits in real time. It reports whether it was woken by wake.
func linger(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-wake:
		return true
	}
	return false
}

func (s *Server) maxWait() time.Duration {
	if s.MaxWait == 0 {
		return defaultMaxWait
	}
	return s.MaxWait
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
