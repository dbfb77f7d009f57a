package load

import (
	"fmt"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

// parseStart reads --start-at: a time with its zone, or Unix seconds.
func parseStart(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 1e9 && seconds < 1e11 {
		return time.UnixMicro(int64(seconds * 1e6)), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, app.Misused(fmt.Errorf("--start-at %q: write a time with its zone, as in 2026-03-14T09:30:00Z, or Unix seconds (date -d '+1 min' +%%s): the same for all parts", text))
	}
	return t, nil
}
