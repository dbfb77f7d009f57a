package dialect_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// unlike are the conversations that detection reads otherwise than the dialect itself, and why.
var unlike = map[string]string{
	"arm-body/success-202": "a 202 without any URL gives nothing away; reading the resource would claim a success by guess",
	"google-lro/lost":      "without a name of an operation it is an ordinary 200",
	"replicate/lost":       "without links it is an ordinary 201",
}

// unseen are the dialects that nothing in the answer to the submit gives away, and why.
var unseen = map[string]string{
	"adobe-pdf":  "a 201 with Location is an ordinary creation",
	"arr-202":    "it looks like the pattern in its other reading until the first 200",
	"box-commit": "without a URL there is nothing to poll: to send the POST again on a guess would be wrong",
	"stability":  "a 200 with an id is an ordinary answer",

	"github-run":         "an answer with the URL of a run is an ordinary one: it has to be named",
	"azure-devops-build": "a resource with url and status is an ordinary answer",
	"mastodon-media":     "a 202 with an id says nothing of where the status is",
}

// mistaken are the first answers that detection takes for another dialect's, and why.
var mistaken = map[string]string{
	"fhir-async-303 as fhir-async-bundle":         "they begin alike; the reading of the end fits both",
	"arm-location/real-success-delete as generic": "only its host tells, and the scenarios are served elsewhere; generic reads it the same way",
	"arm-body/success-202 as generic":             unlike["arm-body/success-202"],
	"google-lro/lost as generic":                  unlike["google-lro/lost"],
	"replicate/lost as generic":                   unlike["replicate/lost"],
	"arm-body/success-at-once as generic":         "it is over: HTTP says the same",
	"arm-body/success-delete as generic":          "a DELETE leaves nothing to poll: HTTP says the same",
	"google-lro/success-at-once as generic":       "it is over: HTTP says the same",
	"ogc-job/success-at-once as generic":          "it is over: HTTP says the same",
	"dropbox-async/success-at-once as generic":    "it is over: HTTP says the same",
}

// conversations returns every transcript of the built-in dialects by "name/file".
func conversations(t testing.TB) map[string]*transcript.Transcript {
	t.Helper()
	all := map[string]*transcript.Transcript{}
	for _, name := range dialect.Names()[1:] {
		files, err := filepath.Glob("testdata/" + name + "/*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		have := ""
		for _, file := range append(files, success(name)) {
			c, err := transcript.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(filepath.Base(file), ".txtar")
			if base == name {
				base = "success"
			}
			all[name+"/"+base] = c
			have += " " + base + " "
		}
		for _, must := range []string{"failure", "cancelled", "running"} {
			if !strings.Contains(have, " "+must+" ") {
				t.Errorf("testdata/%s has no %s.txtar", name, must)
			}
		}
	}
	return all
}

func TestTranscriptsWithAuto(t *testing.T) {
	for key, c := range conversations(t) {
		t.Run(key, func(t *testing.T) {
			if family, _, _ := strings.Cut(key, "/"); unseen[family] != "" {
				return
			}
			c.Want = nil // detection adds nothing to the submit
			wrong := c.Play(dialect.Auto{})
			if reason, ok := unlike[key]; ok {
				if len(wrong) == 0 {
					t.Errorf("it is read as by its own dialect; no need for the reason %q", reason)
				}
				return
			}
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
}

// TestConfusion prints which dialect detection picks for the first answer of every conversation (and
// the GET behind it, if that is a 303),
// and fails on a pick that is neither its own nor listed with a reason.
func TestConfusion(t *testing.T) {
	used := map[string]bool{}
	var lines []string
	all := conversations(t)
	for key, c := range all {
		own, _, _ := strings.Cut(key, "/")
		op, err := c.Begin(dialect.Auto{})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i == 0 || i < len(c.Steps) && op.Phase == lro.Following; i++ {
			r := c.Steps[i].Reply
			r.At = transcript.Start
			op = lro.Next(dialect.Auto{}, op, r)
		}
		lines = append(lines, fmt.Sprintf("%-42s %-18s %s", key, op.Dialect, op.Cue))
		if op.Dialect == own {
			if op.Cue == "" {
				t.Errorf("%s: no cue", key)
			}
			continue
		}
		pick := key + " as " + op.Dialect
		reason, ok := mistaken[pick]
		if !ok {
			pick = own + " as " + op.Dialect
			reason, ok = mistaken[pick]
		}
		if !ok && op.Dialect == lro.GenericName {
			reason, ok = unseen[own]
		}
		if used[pick] = true; !ok || reason == "" {
			t.Errorf("%s is taken for %s (%s)", key, op.Dialect, op.Cue)
		}
	}
	slices.Sort(lines)
	t.Logf("first answer, pick, cue\n%s", strings.Join(lines, "\n"))
	for pick := range mistaken {
		if !used[pick] {
			t.Errorf("nothing is mistaken any more: %s", pick)
		}
	}
}

// cancelling reads as Auto, and cancels as the generic dialect does.
type cancelling struct{ dialect.Auto }

func (cancelling) Cancel(op lro.Operation) (lro.Request, bool) { return lro.Generic{}.Cancel(op) }

// TestGenericTranscriptsWithAuto: what is generic stays so under detection.
func TestGenericTranscriptsWithAuto(t *testing.T) {
	transcript.Run(t, "../lro/testdata/generic/*.txtar", cancelling{})
}

func TestAutoTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/auto/*.txtar", dialect.Auto{})
}

func TestAutoDoesNotKnowTheDialectOfAHandle(t *testing.T) {
	op, err := lro.Resume("https://api.example.com/s")
	if err != nil {
		t.Fatal(err)
	}
	op.Dialect, op.Cue = "of-the-future", dialect.CueNamed
	if again := lro.Ready(dialect.Auto{}, op); again.Next.Method != "GET" {
		t.Errorf("it is asked for by %+v", again.Next)
	}
	if _, ok := (dialect.Auto{}).Cancel(op); ok {
		t.Error("it can be cancelled")
	}
	op = lro.Next(dialect.Auto{}, op, lro.Reply{Status: 200})
	if op.Reason != lro.UnreadableStatus || !strings.Contains(op.Why(), "of-the-future") {
		t.Errorf("got %s (%s), %v", op.Outcome, op.Reason, op.Why())
	}
}
