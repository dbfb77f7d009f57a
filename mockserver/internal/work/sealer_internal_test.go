package work

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// FuzzOpen seals any payload with the right key: what another version of this
// server might have written. It is refused, or sealed to the same id again.
func FuzzOpen(f *testing.F) {
	se := NewSealer([]byte("key"), map[string]*Manner{"generic": {Name: "generic"}})
	scenario := Scenario{Duration: time.Minute, Outcome: OutcomeFailed, FailTitle: "é"}
	id := se.seal(&Operation{Submission: &Submission{Scenario: &scenario, Manner: &Manner{Name: "generic"}, Method: "POST", Path: "/", Size: 7}, Accepted: time.Unix(1, 0)}, make([]byte, sealNonce))
	sealed, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed[:len(sealed)-sealTag])
	f.Add([]byte{sealVersion})
	f.Fuzz(func(t *testing.T, payload []byte) {
		id := base64.RawURLEncoding.EncodeToString(append(payload[:len(payload):len(payload)], se.tag(payload)...))
		op, ok := se.open(id)
		if !ok {
			return
		}
		again, ok := se.open(se.seal(op, payload[1:1+sealNonce]))
		if !ok || *again.Scenario != *op.Scenario || !again.Accepted.Equal(op.Accepted) || again.run != op.run || again.Path != op.Path {
			t.Fatalf("%x: got %+v, then %+v", payload, op, again)
		}
	})
}

func TestOpenRefusesOtherVersions(t *testing.T) {
	se := NewSealer([]byte("key"), map[string]*Manner{"generic": {Name: "generic"}})
	for name, payload := range map[string]string{
		"nothing":         "",
		"a later version": "\x02" + strings.Repeat("\x00", 20),
		"cut off":         "\x01" + strings.Repeat("\x00", sealNonce) + "\x02",
		"a long text":     "\x01" + strings.Repeat("\x00", sealNonce) + "\x00\x00\x00\x7fabc",
		"more behind":     "\x01" + strings.Repeat("\x00", sealNonce) + "\x00\x00\x00\x00\x00\x00\x00\x00",
		"bad parameters":  "\x01" + strings.Repeat("\x00", sealNonce) + "\x00\x00\x00\x00\x00\x00\x03x=y",
		"no query":        "\x01" + strings.Repeat("\x00", sealNonce) + "\x00\x00\x00\x00\x00\x00\x03%zz",
	} {
		id := base64.RawURLEncoding.EncodeToString(append([]byte(payload), se.tag([]byte(payload))...))
		if op, ok := se.open(id); ok {
			t.Errorf("%s: got %+v", name, op)
		}
	}
}
