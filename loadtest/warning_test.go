package loadtest

import (
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
)

// TestLateSubmitsAreSaid: some hundred submits that left late do not hide behind thousands of polls that
// did not.
func TestLateSubmitsAreSaid(t *testing.T) {
	for _, test := range []struct {
		name            string
		submits, accept time.Duration
		polls           time.Duration
		want            string
	}{
		{"punctual", time.Millisecond, 2 * time.Millisecond, 0, ""},
		{"late", 30 * time.Millisecond, 40 * time.Millisecond, 0, "1 of 100 submits left 30ms or more"},
		{"not much beside the server's time", 30 * time.Millisecond, time.Second, 0, ""},
		{"little", lateMin - 10*time.Microsecond, 6 * time.Millisecond, 0, ""},
		{"the polls, too", 30 * time.Millisecond, 40 * time.Millisecond, 20 * time.Millisecond, "1 of 100 requests left 20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s measure.Series
			s.LateSubmits.RecordN(test.submits, 100)
			s.Accept.RecordN(test.accept, 100)
			s.Late.RecordN(test.polls, 40_000)
			s.Poll.RecordN(test.polls, 40_000)
			var r Result
			got := r.own(&s, 10)
			if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || got[0].Code != WarnLate || !strings.Contains(got[0].Text, test.want)) {
				t.Errorf("%v, want %q", got, test.want)
			}
		})
	}
}
