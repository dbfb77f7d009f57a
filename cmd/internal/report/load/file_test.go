package load

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

func written(t testing.TB, r *loadtest.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFileHoldsEverything(t *testing.T) {
	r := simulate()
	text := written(t, r)
	again, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if written(t, again) != text {
		t.Error("what was read is written differently")
	}
	if !reflect.DeepEqual(again.Samples, r.Samples) || !again.Started.Equal(r.Started) || again.Series[0].Counts != r.Series[0].Counts {
		t.Error("what was read is not what was written")
	}
	for _, m := range measure.Metrics() {
		got, want := m.Of(&again.Series[1]), m.Of(&r.Series[1])
		if got.Count() != want.Count() || !reflect.DeepEqual(got.Bars(), want.Bars()) || got.Max() != want.Max() {
			t.Errorf("%s: %d values up to %v, want %d up to %v", m.Name, got.Count(), got.Max(), want.Count(), want.Max())
		}
	}
	t.Logf("%d operations, %d seconds: %d bytes", r.Series[0].Counts.Submitted*3, len(r.Samples), len(text))
}

func TestFilesThatAreWrong(t *testing.T) {
	good := written(t, simulate())
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("there is no %s to change", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, tt := range map[string]struct{ text, want string }{
		"empty":               {" \n", "it is empty"},
		"cut off":             {good[:len(good)/2], "is cut off in line"},
		"not JSON":            {"hello", "no JSON object"},
		"another document":    {`{"a":1}`, `it has no "schema"`},
		"a newer schema":      {change("asyncctl.loadtest/1", "asyncctl.loadtest/2"), `a file of schema "asyncctl.loadtest/2"; this program reads "asyncctl.loadtest/1"`},
		"more after it":       {good + "{}", "has no \"schema\""},
		"no series":           {`{"schema":"asyncctl.loadtest/1"}`, "it has no series"},
		"a wrong type":        {change(`"seed": 7`, `"seed": "7"`), "column"},
		"a broken histogram":  {change(`"accept": "HISTFA`, `"accept": "HISTFB`), "not a histogram"},
		"no balance":          {change(`"submitted": 600`, `"submitted": 601`), "do not add up"},
		"a negative count":    {change(`"polls_sent": `, `"polls_sent": -`), "polls_sent is negative"},
		"samples in disorder": {change(`"at_ns": 1000000000,`, `"at_ns": 9000000000,`), "sample 2 is not after"},
		"two of a name":       {change(`"strategy": "fixed:1s"`, `"strategy": "server"`), "not a name of its own"},
		"an unknown truth":    {change(`"truth": "server"`, `"truth": "guessed"`), `truth is "guessed"`},
	} {
		if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if all, err := ReadAll(strings.NewReader("a line of a log\n" + good + "\n[x] another\n  " + good + "the end")); err != nil || len(all) != 2 {
		t.Errorf("%d results of the logs of two machines: %v", len(all), err)
	}
	if _, err := ReadAll(strings.NewReader(good + good[:len(good)/2])); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("a second one that is cut off: %v", err)
	}
	if _, err := Read(strings.NewReader(change(`"seed": 7`, `"seed": 7, "of_the_future": {"x": 1}`))); err != nil {
		t.Errorf("a member of the future is refused: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	small := &loadtest.Result{Series: []measure.Series{{Strategy: "server"}}}
	small.Series[0].Counts.Submitted, small.Series[0].Counts.Succeeded = 3, 3
	small.Series[0].Done.RecordN(1e9, 3)
	small.Samples = []measure.Sample{{At: 1e9, Submitted: 3}}
	f.Add([]byte(written(f, small)))
	f.Add([]byte(`{"schema":"asyncctl.loadtest/1","series":[{"strategy":"x"}],"samples":[{"latency":[1,2,3]}]}`))
	f.Add([]byte(`{"schema":"asyncctl.loadtest/1","series":[{"strategy":"x","done":"HISTFAAAAA"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(bytes.NewReader(text))
		if err != nil {
			if r != nil || err.Error() == "" {
				t.Fatal("an error without a text, or with a result")
			}
			return
		}
		for i := range r.Series {
			if !r.Series[i].Counts.Balanced() {
				t.Error("it is read, but does not balance")
			}
		}
		again, err := Read(strings.NewReader(written(t, r)))
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if written(t, again) != written(t, r) {
			t.Error("what was read twice differs")
		}
	})
}
