package probe

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// probeUnknown asks for status URLs that were given to nobody. It asks for a second one where the first
// is answered as if there were an operation, which may be somebody's, and sends DELETE only if GET says
// that there is nothing.
func (r *run) probeUnknown(known *talk) {
	v := r.talk(evidence.ProbeUnknown)
	v.start(r.s.patience())
	v.poll = known.poll
	defer v.end()
	r.begin(evidence.ProbeUnknown, purposeOf(evidence.ProbeUnknown))
	for range 2 {
		unknown := r.target.Unknown
		if unknown == "" {
			unknown = another(known.status)
		}
		answer, asked := v.ask(evidence.RoleUnknown, http.MethodGet, unknown, nil, owner)
		switch {
		case !asked:
			return
		case answer.Status == http.StatusNotFound || answer.Status == http.StatusGone:
			v.ask(evidence.RoleUnknownCancel, http.MethodDelete, unknown, nil, owner)
			return
		case answer.Status/100 != 2 || r.target.Unknown != "":
			return
		}
	}
}

// another is a status URL of the same shape with another id: the longest segment of the path, or the
// value of the query, with every digit and letter replaced by one of its kind. "" if there is nothing to
// replace.
func another(status string) string {
	u, err := url.Parse(status)
	if err != nil {
		return ""
	}
	segments := strings.Split(u.EscapedPath(), "/")
	at := len(segments) - 1
	for at > 0 && !hasDigit(segments[at]) {
		at--
	}
	if at <= 0 && u.RawQuery != "" {
		return inQuery(u, status)
	}
	if at <= 0 {
		at = len(segments) - 1
		if len(segments[at]) < 6 {
			return ""
		}
	}
	segments[at] = scramble(segments[at])
	u.RawPath = strings.Join(segments, "/")
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil || u.String() == status {
		return ""
	}
	return u.String()
}

// inQuery replaces the longest value of the query that has a digit, but for versions and dates.
func inQuery(u *url.URL, status string) string {
	pairs := strings.Split(u.RawQuery, "&")
	longest, length := -1, 7
	for i, pair := range pairs {
		if name, value, _ := strings.Cut(pair, "="); hasDigit(value) && len(value) > length && !strings.Contains(strings.ToLower(name), "version") {
			longest, length = i, len(value)
		}
	}
	if longest < 0 {
		return ""
	}
	name, value, _ := strings.Cut(pairs[longest], "=")
	pairs[longest] = name + "=" + scramble(value)
	u.RawQuery = strings.Join(pairs, "&")
	if u.String() == status {
		return ""
	}
	return u.String()
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// scramble replaces digits by digits and letters by letters, so that hexadecimal stays hexadecimal. It
// leaves words alone ("operation-" in "operation-7f3a"), what stands after a "%", which is one octet's
// name, and the version of a UUID. A number becomes one that no server has counted to.
func scramble(id string) string {
	if strings.Trim(id, "0123456789") == "" && len(id) <= 18 {
		if len(id) < 9 {
			return fmt.Sprint(1_900_000_000 + rand.IntN(200_000_000))
		}
		return "9" + fmt.Sprintf("%0*d", len(id)-1, rand.IntN(1_000_000_000))
	}
	out := []byte(id)
	uuid := len(id) == 36 && strings.Count(id, "-") == 4
	words := hasDigit(id) && !uuid
	for i, c := range out {
		switch {
		case i > 0 && out[i-1] == '%', i > 1 && out[i-2] == '%', uuid && (i == 14 || i == 19):
		case words && !hasDigit(wordAt(id, i)):
		default:
			out[i] = otherOfKind(c)
		}
	}
	return string(out)
}

// wordAt is the part of an id around a place, between "-", "_", "." and the like.
func wordAt(id string, place int) string {
	between := func(r rune) bool { return strings.ContainsRune("-_.~:()',", r) }
	start := strings.LastIndexFunc(id[:place], between) + 1
	if end := strings.IndexFunc(id[place:], between); end >= 0 {
		return id[start : place+end]
	}
	return id[start:]
}

// otherOfKind is a random character of the same kind.
func otherOfKind(c byte) byte {
	for _, kind := range []struct {
		from byte
		n    int
	}{{'0', 10}, {'a', 6}, {'A', 6}, {'g', 20}, {'G', 20}} {
		if c >= kind.from && int(c) < int(kind.from)+kind.n {
			return kind.from + byte(rand.IntN(kind.n))
		}
	}
	return c
}
