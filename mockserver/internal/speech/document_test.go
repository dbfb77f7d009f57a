package speech

import (
	"testing"
	"time"
)

func TestAppendTimeIsWhatTimeFormatWrites(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Date(2026, 3, 1, 12, 4, 5, 67_999_999, time.FixedZone("", 3600)),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	} {
		if got, want := string(AppendTime(nil, at)), at.UTC().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
