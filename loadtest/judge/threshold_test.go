package judge

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// measured is a result with something in every figure that the tests ask for.
func measured() *loadtest.Result {
	s := measure.Series{Strategy: "server", Truth: "server", Counts: measure.Counts{
		Planned: 1010, Submitted: 1000, Succeeded: 989, Failed: 1, Pending: 10, Shed: 10,
		Requests: 6000, PollsSent: 4000, PollsWasted: 3000, Throttled: 60,
	}, Errors: []measure.ErrorClass{{Reason: "reset", Count: 3, Example: "read: connection reset by peer"}}}
	for i := range 990 {
		s.Done.Record(time.Duration(i+1) * 30 * time.Millisecond)
		s.Polls.Record(time.Duration(3 + i%2))
	}
	other := measure.Series{Strategy: "fixed:1s", Truth: "server", Counts: measure.Counts{Planned: 10, Submitted: 10, Succeeded: 10, PollsSent: 100, PollsEarly: 40, Requests: 120}}
	other.Done.RecordN(40*time.Second, 10)
	return &loadtest.Result{Schema: loadtest.Schema, Elapsed: 20 * time.Second, Series: []measure.Series{s, other}}
}

func TestThresholdsAreJudged(t *testing.T) {
	r := measured()
	for text, want := range map[string]string{
		"p99(done){server} < 30s":          "",
		"p99(done)<30s":                    "p99(done)<30s: it is 40.03s (fixed:1s)",
		"p50(done){server}<=14.9s":         "",
		"p50(done){server}<14s":            "p50(done){server}<14s: it is 14.86s (server)",
		"mean(polls){server}==3.5":         "",
		"max(polls){server}<4":             "max(polls){server}<4: it is 4 (server)",
		"rate(failed)<0.2%":                "",
		"rate(failed)<0.1%":                "rate(failed)<0.1%: it is 0.1% (server)",
		"rate(failed)<=0.01":               "",
		"rate(wasted_polls){server}<75%":   "rate(wasted_polls){server}<75%: it is 75% (server)",
		"rate(throttled)<1%":               "rate(throttled)<1%: it is 1% (server)",
		"early_polls{server}==0":           "",
		"early_polls==0":                   "early_polls==0: it is 40 (fixed:1s)",
		"errors!=0":                        "errors!=0: it is 0 (fixed:1s)",
		"per_second(submitted){server}>49": "",
		"per_second(submitted)>49":         "per_second(submitted)>49: it is 0.5 (fixed:1s)",
		"count(done){server}>=990":         "",
		"p99(lag)<1s":                      "p99(lag)<1s: nothing was measured (server)",
		"p99(done){decorrelated}<1s":       `p99(done){decorrelated}<1s: the strategy "decorrelated" did not run`,
	} {
		threshold, err := ParseThreshold(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := ""
		for _, v := range threshold.Judge(r) {
			if v.Met != (v.Reason == "") {
				t.Errorf("%s: met is %v and the reason %q", text, v.Met, v.Reason)
			}
			if got == "" {
				got = v.Reason
			}
		}
		if got != want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
	if v := (Threshold{text: "x"}).Judge(&loadtest.Result{}); len(v) != 1 || v[0].Met {
		t.Errorf("a run without a series meets a threshold: %+v", v)
	}
}

func TestThresholdsHoldInARunThatGoesOn(t *testing.T) {
	for text, want := range map[string]string{
		"rate(failed)>10%": "",
		"p99(lag)>0s":      "",
		"early_polls>=40":  "early_polls>=40: it is 40 (fixed:1s)",
	} {
		threshold, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := threshold.Holds(measured()); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestThresholdsThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "at position 1: it is empty",
		"<30s":                   "at position 1: it begins with a statistic",
		"p99(done)":              "at position 10: a comparison is missing",
		"p99(done)<":             "at position 11: a number is missing, as in p99(done)<30s",
		"p99(done)<30":           "at position 13: a duration needs a unit: 30s or 30ms",
		"p99(done)<30x":          `at position 13: "x" does not fit: the value is a duration`,
		"p99(done)=30s":          "at position 10: = is no comparison; write ==",
		"p99(dome)<30s":          `at position 5: there is no metric "dome"; did you mean "done"?`,
		"p99(zzzzzzzz)<30s":      "there are accept, done, work",
		"p99(failed)<3":          "at position 5: failed is a count and has no p99",
		"p999(done)<30s":         "at position 1: p999: a percentile is between p0 and p100",
		"p99<30s":                "p99 of what?",
		"done<30s":               "at position 1: done needs a statistic: write p99(done)",
		"meen(done)<30s":         `did you mean "mean"?`,
		"early_poll==0":          `did you mean "early_polls"?`,
		"rate(faild)<1%":         `at position 6: there is no count "faild"; did you mean "failed"?`,
		"rate(requests)<1%":      "requests is no share of anything; write per_second(requests)",
		"rate(failed)<30":        "a share is between 0 and 1, or has a %: 30%",
		"rate(failed)<30s":       "the value is a share",
		"early_polls<5%":         "the value is a number without a unit",
		"p99(done<30s":           "a ) is missing",
		"p99(done){server<30s":   "a } is missing",
		"p99(done){}<30s":        "the strategy is missing",
		"p99(done)<30s and more": `"s and more" does not fit`,
		"mean(polls)<-":          "a number is missing",
	} {
		_, err := ParseThreshold(text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzParseThreshold(f *testing.F) {
	for _, seed := range []string{"p99(done)<30s", "rate(failed) < 0.1%", "early_polls==0", "mean(polls){fixed:1s}>=4", "per_second(ended)>1", "p99(", "{", "p1e3(done)<1s", "\xff<"} {
		f.Add(seed)
	}
	r := measured()
	f.Fuzz(func(t *testing.T, text string) {
		threshold, err := ParseThreshold(text)
		var syntax *SyntaxError
		switch {
		case errors.As(err, &syntax):
			if syntax.Pos < 0 || syntax.Pos > len(text) || syntax.Problem == "" {
				t.Errorf("%q: the error points to %d", text, syntax.Pos)
			}
			return
		case err != nil:
			t.Fatalf("%q: an error of another kind: %v", text, err)
		}
		again, err := ParseThreshold(threshold.String())
		if err != nil {
			t.Fatalf("%q is read, but not %q: %v", text, threshold, err)
		}
		first, second := threshold.Judge(r), again.Judge(r)
		for i := range first {
			if first[i] != second[i] || first[i].Met == (first[i].Reason != "") {
				t.Errorf("%q: %+v and %+v", text, first[i], second[i])
			}
		}
	})
}

// TestWhatIsNotKnownMissesItsThreshold asks for quantiles that operations without an end decide.
func TestWhatIsNotKnownMissesItsThreshold(t *testing.T) {
	r := measured()
	r.Series = r.Series[:1]
	r.Series[0].Open.Done.RecordN(time.Hour, 110)
	for text, want := range map[string]string{
		"p90(done)<30s": "", // the 990th of 1,100, which ended
		"p91(done)<2h":  "p91(done)<2h: it is not known, more than 1h0m1s (server)",
		"p99(done)>1s":  "p99(done)>1s: it is not known, more than 1h0m1s (server)",
		"max(done)<2h":  "max(done)<2h: it is not known, more than 1h0m1s (server)",
	} {
		threshold, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if v := threshold.Judge(r)[0]; v.Reason != want || v.Met != (want == "") {
			t.Errorf("%s: met %v, %q, want %q", text, v.Met, v.Reason, want)
		}
	}
}
