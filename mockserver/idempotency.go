package mockserver

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

const maxKey = 256 // bytes

// parseKey reads Idempotency-Key, a string of structured fields, with its quotes
// or without. No field is no key.
//
// draft-ietf-httpapi-idempotency-key-header, section 2.1; RFC 9651, section 3.3.3.
func parseKey(lines []string) (string, error) {
	if len(lines) == 0 {
		return "", nil
	}
	if len(lines) > 1 {
		return "", errors.New("there are several Idempotency-Key fields: send one")
	}
	key := strings.Trim(lines[0], " \t")
	if strings.HasPrefix(key, `"`) {
		unquoted, rest, ok := speech.Unquote(key)
		if !ok || rest != "" {
			return "", errors.New(`the Idempotency-Key is malformed: write it like "8e03978e-40d5-43dd-bc93-6894a57f9324"`)
		}
		key = unquoted
	}
	if key == "" || len(key) > maxKey || !work.IsFieldValue(key) {
		return "", errors.New("the Idempotency-Key is empty, too long or not ASCII: use 1 to 256 visible characters, such as a UUID")
	}
	return key, nil
}

// keyOf is the idempotency key of a submit, or empty. It is where the dialect has
// it, or in Idempotency-Key, unless the dialect has none at all.
func keyOf(x *speech.Exchange) (string, error) {
	place := x.Dialect.Key
	if place == "none" || x.Keyless {
		return "", nil
	}
	key := ""
	if name, ok := strings.CutPrefix(place, "query:"); ok {
		key = x.R.URL.Query().Get(name)
	} else if strings.HasPrefix(place, "/") {
		document := speech.Document{Content: x.Content}
		key = document.Text(place)
	} else if place != "" {
		key = x.R.Header.Get(place)
	}
	if key == "" {
		return parseKey(x.R.Header["Idempotency-Key"])
	}
	if len(key) > maxKey || !work.IsFieldValue(key) {
		return "", errors.New("the idempotency key in " + place + " is too long or not ASCII: use 1 to 256 visible characters, such as a UUID")
	}
	return key, nil
}

// fingerprint tells two submits apart that have the same key: by everything
// that decides what they do.
func fingerprint(r *http.Request, body []byte) [sha256.Size]byte {
	hash := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, strings.Join(r.Header[ScenarioHeader], "&")} {
		io.WriteString(hash, part+"\x00")
	}
	hash.Write(body)
	return [sha256.Size]byte(hash.Sum(nil))
}

// keyMismatch answers for a key that was used for something else.
//
// draft-ietf-httpapi-idempotency-key-header, section 2.7.
func keyMismatch(v work.View) speech.Problem {
	return speech.Problem{
		Status:   http.StatusUnprocessableEntity,
		Detail:   "this Idempotency-Key was used with another payload: use a new key for a new operation",
		Instance: speech.StatusPath(v),
	}
}
