package mockserver_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestRetryAfterInAnswers(t *testing.T) {
	// The clock of the mock starts at 12:00:00.250.
	tests := []struct {
		name  string
		query string
		after time.Duration
		want  string
	}{
		{"one second by default", "", 0, "1"},
		{"seconds", "?asyncctl.retry-after=7", 0, "7"},
		{"zero seconds", "?asyncctl.retry-after=0", 0, "0"},
		{"none", "?asyncctl.retry-after=none", 0, ""},
		{"a date is rounded up", "?asyncctl.retry-after=date", 0, "Sun, 01 Mar 2026 12:00:02 GMT"},
		{"a date on a whole second", "?asyncctl.retry-after=date", 750 * ms, "Sun, 01 Mar 2026 12:00:02 GMT"},
		{"a date with a delay", "?asyncctl.retry-after=date:60", 0, "Sun, 01 Mar 2026 12:01:01 GMT"},
		{"a date of now", "?asyncctl.retry-after=date:0", 750 * ms, "Sun, 01 Mar 2026 12:00:01 GMT"},
		{"remaining", "?asyncctl.retry-after=remaining&asyncctl.duration=1m", 10 * s, "50"},
		{"remaining, with the queue", "?asyncctl.retry-after=remaining&asyncctl.duration=1m&asyncctl.queue=1m", 10 * s, "110"},
		{"remaining is rounded up", "?asyncctl.retry-after=remaining&asyncctl.duration=1m", 10100 * ms, "50"},
		{"remaining is at least a second", "?asyncctl.retry-after=remaining&asyncctl.duration=1m", time.Minute - 1, "1"},
		{"remaining is bounded", "?asyncctl.retry-after=remaining&asyncctl.duration=720h", 0, "86400"},
		{"remaining, when nobody knows", "?asyncctl.retry-after=remaining&asyncctl.outcome=never", 0, "1"},
		{"remaining, when nobody knows, as set", "?asyncctl.retry-after=remaining:9&asyncctl.outcome=never", 0, "9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			path := m.submit(test.query)
			m.after(test.after).get(path).want(t, 200).wantHeader(t, "Retry-After", test.want)
		})
	}
}

func TestRetryAfterOfGoValues(t *testing.T) {
	for _, test := range []struct {
		delay time.Duration
		want  string
	}{
		{0, "1"},
		{1, "1"},
		{1500 * ms, "2"},
		{-5 * s, "0"},
		{1 << 62, "86400"},
	} {
		m := withScenario(t, mockserver.Scenario{RetryAfter: mockserver.RetryAfter{Delay: test.delay}})
		if got := m.do("POST", "/", "").header.Get("Retry-After"); got != test.want {
			t.Errorf("Delay %v: got %q, want %q", test.delay, got, test.want)
		}
	}
}

func TestRetryAfterStringIsTheParameter(t *testing.T) {
	for _, text := range []string{"1", "0", "86400", "none", "date:1", "date:30", "remaining:0", "remaining:5", "decreasing:1", "decreasing:30"} {
		sc, err := mockserver.ParseScenario(mockserver.Scenario{}, query(t, "retry-after="+text))
		if got := sc.RetryAfter.String(); err != nil || got != text {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
}

func TestEarlyPolls(t *testing.T) {
	tests := []struct {
		name  string
		query string
		waits []time.Duration // before each poll
		early int
	}{
		{"a patient client is never early", "?asyncctl.duration=10s", []time.Duration{s, s, s, 20 * s, 0, 0}, 0},
		{"a hasty client always is", "?asyncctl.duration=10s", []time.Duration{0, 1, s - 10*ms, 500 * ms}, 4},
		{"a timer may be a little early", "?asyncctl.duration=10s", []time.Duration{s - 5*ms, s - 4*ms, s - 6*ms}, 1},
		{"every answer counts anew", "?asyncctl.duration=10s", []time.Duration{500 * ms, 990 * ms, s}, 2},
		{"longer hints", "?asyncctl.duration=1m&asyncctl.retry-after=10", []time.Duration{9 * s, 10 * s, 11 * s}, 1},
		{"no hint, no early poll", "?asyncctl.retry-after=none", []time.Duration{0, 0, 0}, 0},
		{"hint 0 allows everything", "?asyncctl.retry-after=0", []time.Duration{0, 0, 0}, 0},
		{"a date counts to the whole second", "?asyncctl.retry-after=date&asyncctl.duration=1m", []time.Duration{1700 * ms, 1 * s, 2 * s}, 2},
		{"the poll that finds the end can be early", "?asyncctl.duration=500ms", []time.Duration{500 * ms}, 1},
		{"after the end there is no hint", "?asyncctl.duration=1s", []time.Duration{s, 0, 0}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			path := m.submit(test.query)
			for _, wait := range test.waits {
				m.after(wait).get(path)
			}
			stats, record := m.Stats(), m.Operations()[0]
			if stats.EarlyPolls != int64(test.early) || record.Early != test.early {
				t.Errorf("got %d early polls in the stats, %d in the record, want %d", stats.EarlyPolls, record.Early, test.early)
			}
			if stats.Polls != int64(len(test.waits)) || record.Polls != len(test.waits) {
				t.Errorf("got %d polls in the stats, %d in the record, want %d", stats.Polls, record.Polls, len(test.waits))
			}
		})
	}
}
