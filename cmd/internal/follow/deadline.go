package follow

import (
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
)

// Deadline is the --timeout flag: a duration, or "none".
type Deadline struct {
	after time.Duration
	None  bool
}

func (d *Deadline) String() string {
	if d.None {
		return "none"
	}
	return d.after.String()
}

// atOnce reports whether there is no time to wait.
func (d *Deadline) atOnce() bool { return d.after == 0 && !d.None }

func (d *Deadline) Type() string { return "duration" }

func (d *Deadline) Set(text string) error {
	if text == "none" {
		*d = Deadline{None: true}
		return nil
	}
	after, err := curl.ParseDuration(text)
	*d = Deadline{after: after}
	return err
}
