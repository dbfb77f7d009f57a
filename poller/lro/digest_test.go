package lro

import (
	"fmt"
	"strings"
	"testing"
)

// wrapped returns a document that holds v at the pointer.
func wrapped(pointer, v string) string {
	tokens := strings.Split(pointer[1:], "/")
	return `{"` + strings.Join(tokens, `":{"`) + `":` + v + strings.Repeat("}", len(tokens))
}

func TestDigestReadsEveryPlace(t *testing.T) {
	for _, pointer := range statePointers {
		var d digest
		d.read(JSON(wrapped(pointer, `"running"`)), false)
		if d.state() != StateRunning || string(d.native) != "running" {
			t.Errorf("%s: got %v %q, want running", pointer, d.state(), d.native)
		}
	}
	for _, pointer := range percentPointers {
		var d digest
		d.read(JSON(wrapped(pointer, `12.5`)), false)
		if !d.known || d.percent != 12.5 {
			t.Errorf("%s: got %v %v, want 12.5", pointer, d.known, d.percent)
		}
	}
	for _, pointer := range messagePointers {
		var d digest
		d.read(JSON(wrapped(pointer, `"half"`)), false)
		if string(d.message) != "half" {
			t.Errorf("%s: got %q, want half", pointer, d.message)
		}
	}
	for _, pointer := range errorPointers {
		var d digest
		d.read(JSON(wrapped(pointer, `{"code":1}`)), false)
		if !d.trouble {
			t.Errorf("%s: the error was not seen", pointer)
		}
	}
}

// TestDigestRanks puts two places into one document, in both orders: the likelier one counts.
func TestDigestRanks(t *testing.T) {
	tests := []struct {
		name, first, second string
		trusting            bool
		want                string
	}{
		{"by rank", `"status":"running"`, `"state":"failed"`, false, "running 0 "},
		{"a known word before an unknown one", `"phase":"running"`, `"status":"stage 2"`, false, "running 0 "},
		{"a plain word before a risky one", `"state":"running"`, `"status":"active"`, false, "running 0 "},
		{"a risky word counts as any other", `"status":"active"`, `"state":"failed"`, true, "active 0 "},
		{"text before null", `"state":"failed"`, `"status":null`, false, "failed 0 "},
		{"text before a number", `"phase":"stage 2"`, `"status":2`, false, "stage 2 0 "},
		{"percent by rank", `"percentComplete":7`, `"progress":8`, false, " 7 "},
		{"percent in range", `"progress":8`, `"percentComplete":700`, false, " 8 "},
		{"percent is a number", `"progress":8`, `"percentComplete":"9"`, false, " 8 "},
		{"no negative percent", `"progress":8`, `"percent":-1`, false, " 8 "},
		{"message by rank", `"message":"a"`, `"description":"b"`, false, " 0 a"},
		{"message is text", `"description":"b"`, `"message":{"a":1}`, false, " 0 b"},
	}
	for _, test := range tests {
		for _, doc := range []string{"{" + test.first + "," + test.second + "}", "{" + test.second + "," + test.first + "}"} {
			var d digest
			d.read(JSON(doc), test.trusting)
			if got := fmt.Sprintf("%s %v %s", d.native, d.percent, d.message); got != test.want {
				t.Errorf("%s: %s: got %q, want %q", test.name, doc, got, test.want)
			}
		}
	}
}

func TestDigestBoundsTheWord(t *testing.T) {
	var d digest
	d.read(JSON(`{"status":"`+strings.Repeat("x", 5000)+`"}`), false)
	if len(d.native) != maxNative {
		t.Errorf("got a word of %d bytes, want %d", len(d.native), maxNative)
	}
}

func BenchmarkDigest(b *testing.B) {
	doc := JSON(`{"id":"0d5c9f38","log":[` + strings.Repeat(`{"at":"2026-01-02T12:00:00Z","text":"page 1 of 4000 was rendered","n":[1,2]},`, 260) + `0],` +
		`"status":"running","createdAt":"2026-01-02T11:58:13Z","message":"page 17 of 40"}`)
	b.Run("one walk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var d digest
			d.read(doc, false)
		}
	})
	b.Run("a look-up for each pointer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, pointers := range [][]string{statePointers[:1], percentPointers, messagePointers[:1], errorPointers} {
				for _, pointer := range pointers {
					doc.At(pointer)
				}
			}
		}
	})
}
