package lro_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestStrings(t *testing.T) {
	tests := []struct {
		name string
		of   func(i uint8) fmt.Stringer
		want string // the words in their order, then the one for a number that is none
	}{
		{"State", func(i uint8) fmt.Stringer { return lro.State(i) }, "unknown pending running waiting cancelling succeeded failed partial cancelled unknown"},
		{"Outcome", func(i uint8) fmt.Stringer { return lro.Outcome(i) }, "undecided succeeded failed cancelled refused lost gone timeout not-sent undecided"},
		{"Phase", func(i uint8) fmt.Stringer { return lro.Phase(i) }, "submit poll follow fetch ended ended"},
		{"Style", func(i uint8) fmt.Stringer { return lro.Style(i) }, "- arr-200 arr-202 -"},
		{"CancelAnswer", func(i uint8) fmt.Stringer { return lro.CancelAnswer(i) }, "not-asked accepted too-late unsupported gone refused failed failed"},
		{"HintNote", func(i uint8) fmt.Stringer { return lro.HintNote(i) }, "absent taken capped ignored ignored"},
	}
	for _, test := range tests {
		for i, want := range strings.Fields(test.want) {
			want = strings.Trim(want, "-")
			if got := test.of(uint8(i)).String(); got != want {
				t.Errorf("%s(%d): got %q, want %q", test.name, i, got, want)
			}
		}
	}
}

func TestTerminal(t *testing.T) {
	for s := lro.StateUnknown; s <= lro.StateCancelled; s++ {
		if got, want := s.Terminal(), s == lro.StateSucceeded || s == lro.StateFailed || s == lro.StatePartial || s == lro.StateCancelled; got != want {
			t.Errorf("%v: got %v, want %v", s, got, want)
		}
	}
}

func TestEveryReasonHasClassAndText(t *testing.T) {
	all := lro.Reasons()
	if len(all) < 25 {
		t.Errorf("got %d reasons", len(all))
	}
	texts := map[string]lro.Reason{}
	for _, r := range all {
		text := r.Text()
		switch {
		case r.Class() == lro.ClassNone:
			t.Errorf("%s has no class", r)
		case text == "" || strings.HasSuffix(text, ".") || strings.ToLower(text[:1]) != text[:1]:
			t.Errorf("%s: %q is no sentence without a full stop", r, text)
		case texts[text] != "":
			t.Errorf("%s and %s have the same text", r, texts[text])
		case strings.ToLower(string(r)) != string(r) || strings.ContainsAny(string(r), " _"):
			t.Errorf("%s is no stable word", r)
		}
		texts[text] = r
	}
	if got := lro.Reason("no such reason"); got.Class() != lro.ClassNone || got.Text() != "" {
		t.Errorf("a word that is no reason has %v, %q", got.Class(), got.Text())
	}
	if lro.ReasonNone.Class() != lro.ClassNone {
		t.Error("no reason has a class")
	}
}
