package mockserver

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// FuzzOpen seals any payload with the right key: what another version of this
// server might have written. It is refused, or sealed to the same id again.
func FuzzOpen(f *testing.F) {
	se := newSealer([]byte("key"), byDialect)
	scenario := Scenario{Duration: time.Minute, Outcome: OutcomeFailed, FailTitle: "é"}
	id := se.seal(&operation{submission: &submission{scenario: &scenario, dialect: dialects[0], method: "POST", path: "/", size: 7}, accepted: time.Unix(1, 0)}, make([]byte, sealNonce))
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
		if !ok || *again.scenario != *op.scenario || !again.accepted.Equal(op.accepted) || again.run != op.run || again.path != op.path {
			t.Fatalf("%x: got %+v, then %+v", payload, op, again)
		}
	})
}

func TestOpenRefusesOtherVersions(t *testing.T) {
	se := newSealer([]byte("key"), byDialect)
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
