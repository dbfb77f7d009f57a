package fault

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Fault is one way in which a [Server] misbehaves, and when. The names and
// what each does are in [Faults]; [ParseFault] makes one from a text.
//
// The requests that a fault affects are counted by kind: the polls, the requests
// for the result and the cancellations of one operation, each from 1, and the
// submits of the server. All conditions that are set must hold.
type Fault struct {
	// Name is a name of the catalogue.
	Name string
	// P is the probability, drawn by [Server].Seed for each request, or once
	// for each operation where the catalogue says so; 0 means 1, always. (p)
	P float64
	// Nth, if not 0, is the only request affected. (nth)
	Nth int
	// First, if not 0, is the last request affected. (first)
	First int
	// From is the first request affected; 0 means 1. (from)
	From int
	// After and Until bound the time of the request, if not 0. It counts from
	// the acceptance of the operation, for the result from the end of the
	// operation, and for a submit from the first request of the server.
	// (after, until)
	After time.Duration
	Until time.Duration

	// Delay, Jitter, Bytes, Count, Code and On are what the catalogue says for the name,
	// and 0 means the default there. A fault without any condition has the
	// conditions of the catalogue.
	Delay  time.Duration
	Jitter time.Duration
	Bytes  int64
	Count  int
	Code   int
	On     string
}

// holds reports whether the conditions but the probability hold for the n-th
// request, at a time.
func (f *Fault) holds(n int, at time.Duration) bool {
	switch {
	case f.Nth > 0 && n != f.Nth, f.First > 0 && n > f.First, n < f.From:
		return false
	case at < f.After, f.Until > 0 && at >= f.Until:
		return false
	}
	return true
}

// withDefaults is f with what the catalogue has for the fields that are not set.
func (f Fault) withDefaults() Fault {
	k := KindOf(f.Name)
	if k == nil {
		return f
	}
	d := k.defaults
	f.Delay, f.Jitter = cmp.Or(f.Delay, d.Delay), cmp.Or(f.Jitter, d.Jitter)
	f.Bytes, f.Count = cmp.Or(f.Bytes, d.Bytes), cmp.Or(f.Count, d.Count)
	f.Code, f.On = cmp.Or(f.Code, d.Code), cmp.Or(f.On, d.On)
	if f.P == 0 && f.Nth == 0 && f.First == 0 && f.From == 0 && f.After == 0 && f.Until == 0 {
		f.First, f.From, f.Until = d.First, d.From, d.Until
	}
	return f
}

// String returns f as ParseFault takes it: "latency:p=0.1,delay=1s".
func (f Fault) String() string {
	known := faultConditions
	if k := KindOf(f.Name); k != nil {
		known = append(known[:len(known):len(known)], k.params...)
	}
	var set []string
	for _, p := range known {
		if text := p.text(&f); text != "" {
			set = append(set, p.name+"="+text)
		}
	}
	if len(set) == 0 {
		return f.Name
	}
	return f.Name + ":" + strings.Join(set, ",")
}

// A faultParam is a word that may follow the name of a fault. Its text is
// empty for a field that is not set.
type faultParam struct {
	name    string
	allowed string
	set     func(f *Fault, value string) bool
	text    func(f *Fault) string
}

// faultConditions are the words that every fault takes.
var faultConditions = []faultParam{
	{"p", "a probability above 0, at most 1", func(f *Fault, value string) bool {
		p, err := strconv.ParseFloat(value, 64)
		f.P = p
		return err == nil && p > 0 && p <= 1
	}, func(f *Fault) string {
		if f.P == 0 {
			return ""
		}
		return strconv.FormatFloat(f.P, 'g', -1, 64)
	}},
	countParam("nth", func(f *Fault) *int { return &f.Nth }),
	countParam("first", func(f *Fault) *int { return &f.First }),
	countParam("from", func(f *Fault) *int { return &f.From }),
	timeParam("after", func(f *Fault) *time.Duration { return &f.After }),
	timeParam("until", func(f *Fault) *time.Duration { return &f.Until }),
}

func countParam(name string, field func(*Fault) *int) faultParam {
	return faultParam{name, "a whole number from 1 to 1000000", func(f *Fault, value string) bool {
		return work.ParseInt(value, 1, work.MaxPolls, field(f))
	}, func(f *Fault) string {
		if *field(f) == 0 {
			return ""
		}
		return strconv.Itoa(*field(f))
	}}
}

func timeParam(name string, field func(*Fault) *time.Duration) faultParam {
	return faultParam{name, "a duration such as 500ms, at most 720h", func(f *Fault, value string) bool {
		d, err := time.ParseDuration(value)
		*field(f) = d
		return err == nil && d > 0 && d <= work.MaxDuration
	}, func(f *Fault) string { return durationText(*field(f)) }}
}

// skewParam is a duration that may be negative.
func skewParam(name string, field func(*Fault) *time.Duration) faultParam {
	return faultParam{name, "a duration such as 1h or -5m, at most 720h", func(f *Fault, value string) bool {
		d, err := time.ParseDuration(value)
		*field(f) = d
		return err == nil && d != 0 && d.Abs() <= work.MaxDuration
	}, func(f *Fault) string { return durationText(*field(f)) }}
}

func sizeParam(name string) faultParam {
	return faultParam{name, "a number of bytes from 1 to 1TiB, such as 64 or 16MiB", func(f *Fault, value string) bool {
		return work.ParseSize(value, &f.Bytes)
	}, func(f *Fault) string {
		if f.Bytes == 0 {
			return ""
		}
		return strconv.FormatInt(f.Bytes, 10)
	}}
}

func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func faultDelay(f *Fault) *time.Duration  { return &f.Delay }
func faultJitter(f *Fault) *time.Duration { return &f.Jitter }
func faultCount(f *Fault) *int            { return &f.Count }
