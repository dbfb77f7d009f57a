package cmd

import (
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
)

// deadline is the --timeout flag: a duration, or "none".
type deadline struct {
	after time.Duration
	none  bool
}

func (d *deadline) String() string {
	if d.none {
		return "none"
	}
	return d.after.String()
}

func (d *deadline) Type() string { return "duration" }

func (d *deadline) Set(text string) error {
	if text == "none" {
		*d = deadline{none: true}
		return nil
	}
	after, err := curl.ParseDuration(text)
	*d = deadline{after: after}
	return err
}
