package dialect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// fold plays a conversation to its end; between polls it may go through a handle.
func fold(t *testing.T, d lro.Dialect, c *transcript.Transcript, restart bool) lro.Operation {
	t.Helper()
	op, err := c.Begin(d)
	if err != nil {
		t.Fatal(err)
	}
	now := transcript.Start
	for _, s := range c.Steps {
		if op.NotBefore.After(now) {
			now = op.NotBefore
		}
		r := s.Reply
		r.At = now
		if s.Cancel {
			if _, ok := d.Cancel(op); ok {
				op, _ = lro.AfterCancel(op, r)
			}
		} else {
			op = lro.Next(d, op, r)
		}
		if restart && op.Phase == lro.Polling && !op.Repeats() {
			text, err := json.Marshal(op)
			if err != nil {
				t.Fatal(err)
			}
			var again lro.Operation
			if err := json.Unmarshal(text, &again); err != nil {
				t.Fatal(err)
			}
			again.Home, again.Policy = op.Home, op.Policy
			op = lro.Ready(d, again)
		}
	}
	return op
}

// TestRestart: detection reads the submit's answer, and from then on a handle is enough.
func TestRestart(t *testing.T) {
	for key, c := range conversations(t) {
		t.Run(key, func(t *testing.T) {
			want, got := fold(t, dialect.Auto{}, c, false), fold(t, dialect.Auto{}, c, true)
			if got.Outcome != want.Outcome || got.Reason != want.Reason || got.Dialect != want.Dialect || got.Phase != want.Phase || got.Inline != want.Inline {
				t.Errorf("got %s %s %s %s %q, want %s %s %s %s %q", got.Dialect, got.Phase, got.Outcome, got.Reason, got.Inline,
					want.Dialect, want.Phase, want.Outcome, want.Reason, want.Inline)
			}
		})
	}
}

func TestInline(t *testing.T) {
	all := conversations(t)
	for key, want := range map[string]string{
		"azure-oploc/success": "/result", "google-lro/success": "/response", "google-lro/success-at-once": "/response",
		"replicate/success": "/output", "replicate/success-at-once": "/output", "runpod/success": "/output",
		"durable/success": "/output", "fhir-async-bundle/success": "/entry/0/resource", "es-async-search/success": "/response",
		"lxd-operation/success": "/metadata/metadata", "assemblyai/success": "", "azure-oploc/success-location": "",
	} {
		c := all[key]
		family, _, _ := strings.Cut(key, "/")
		d, _ := dialect.ByName(family)
		if got := fold(t, d, c, false).Inline; got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}
