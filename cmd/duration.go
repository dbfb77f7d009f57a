package cmd

import (
	"strconv"
	"time"
)

// seconds is a duration flag that takes plain numbers as seconds, as curl's do, and Go's form.
type seconds time.Duration

func (s *seconds) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

func (s *seconds) Type() string { return "duration" }

func (s *seconds) Set(text string) error {
	d, err := parseDuration(text)
	*s = seconds(d)
	return err
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, numeric := strconv.ParseFloat(text, 64); numeric == nil {
		if n > (365 * 24 * time.Hour).Seconds() {
			return 0, usagef("%q is longer than a year", text)
		}
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil {
		return 0, usagef("%q is no duration: write 90, 90s or 1m30s", text)
	}
	if d < 0 {
		return 0, usagef("%q is negative", text)
	}
	return d, nil
}

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
	after, err := parseDuration(text)
	*d = deadline{after: after}
	return err
}
