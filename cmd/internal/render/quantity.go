package render

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Duration returns a time span as people say it: 350ms, 4.2s, 3m20s, 1h.
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	text := d.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// Count returns a number with its noun: 1 poll, 2 polls.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Bytes returns a size in the units of disks: 1.5 MB.
func Bytes(n int64) string {
	if n < 1000 {
		return Count(int(n), "byte")
	}
	size, unit := float64(n), 0
	for size >= 999.95 && unit < 5 { // which would be rounded to 1000.0
		size, unit = size/1000, unit+1
	}
	return fmt.Sprintf("%.1f %cB", size, " kMGTP"[unit])
}

// Wrap breaks a text into lines of at most width characters, at its blanks.
func Wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
