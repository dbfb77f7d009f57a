package evidence

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Target is the API under test, and what it is known to offer. The quick case has only Slow; a
// description fills in the rest.
type Target struct {
	// Dialect is its name, or "auto" (also when empty).
	Dialect string `json:"dialect,omitempty"`
	// Slow starts work that takes some seconds, Fast work that is done soon, Fail work that fails,
	// and Invalid is a submit that must be refused. Nil: not known. [Suite.Run] needs Slow.
	Slow    *Submit `json:"slow,omitempty"`
	Fast    *Submit `json:"fast,omitempty"`
	Fail    *Submit `json:"fail,omitempty"`
	Invalid *Submit `json:"invalid,omitempty"`
	// KeyField is the header field of idempotency keys; empty: Idempotency-Key.
	KeyField string `json:"key_field,omitempty"`
	// Cancel, Keys, and Auth say whether cancellation, Idempotency-Key and credentials are supported.
	Cancel Support `json:"cancel,omitempty"`
	Keys   Support `json:"keys,omitempty"`
	Auth   Support `json:"auth,omitempty"`
	// Unknown is a status URL that was never handed out; empty: one is made from a real one.
	Unknown string `json:"unknown,omitempty"`
	// Retention is how long a finished operation can be read; 0: not known.
	Retention time.Duration `json:"retention_ns,omitempty"`
	// Burst allows the probe that polls as fast as it can; Wait allows the one that waits for the
	// end of the retention.
	Burst bool `json:"burst,omitempty"`
	Wait  bool `json:"wait,omitempty"`
}

// KeyName returns the header field of idempotency keys.
func (t *Target) KeyName() string { return cmp.Or(t.KeyField, "Idempotency-Key") }

// NewKey returns a header field with a new idempotency key: a string of structured fields, as the draft
// for Idempotency-Key has it, and a bare UUID in any other field.
func (t *Target) NewKey() Fields {
	if t.KeyField == "" {
		return Fields{{Name: t.KeyName(), Value: `"` + NewUUID() + `"`}}
	}
	return Fields{{Name: t.KeyField, Value: NewUUID()}}
}

// UUIDMark stands, in a submit, where each submit that is sent is to have a UUID of its own.
const UUIDMark = "{{uuid}}"

// Submit is a request that starts an operation. Its URL, the values of its fields and its content may
// hold [UUIDMark].
type Submit struct {
	Method string `json:"method,omitempty"` // empty: POST
	URL    string `json:"url"`
	// Header is a list of lines, where [http.Header] would do to send them: a submit is recorded with the
	// evidence, and there the order and the spelling of the lines are kept.
	Header Fields  `json:"header,omitempty"`
	Body   Content `json:"body,omitempty"`
}

// Support is whether something is supported, where that is known.
type Support string

// The kinds of support.
const (
	SupportUnknown Support = ""    // find out
	Supported      Support = "yes" // it is
	Unsupported    Support = "no"  // it is not, and is documented so
)

// Verb is how it is submitted.
func (s *Submit) Verb() string {
	if s.Method == "" {
		return http.MethodPost
	}
	return s.Method
}

// Fresh returns the submit with a new UUID in each place that asks for one.
func (s *Submit) Fresh() *Submit {
	id := NewUUID()
	other := *s
	other.URL = strings.ReplaceAll(s.URL, UUIDMark, id)
	other.Body = bytes.ReplaceAll(s.Body, []byte(UUIDMark), []byte(id))
	other.Header = slices.Clone(s.Header)
	for i := range other.Header {
		other.Header[i].Value = strings.ReplaceAll(other.Header[i].Value, UUIDMark, id)
	}
	return &other
}

// NewUUID returns a random UUID of version 4.
func NewUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // RFC 9562, section 5.4
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
