package loadtest

import (
	"math"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// Bounds is what a plan can come to, stated before it runs.
type Bounds struct {
	// Operations is how many arrivals there are; 0 if only the time bounds them.
	Operations int64
	// Requests is how many requests they need at least: a submit, a poll and a result each.
	Requests int64
	// InFlight is the most operations that are pending at a time.
	InFlight int
	// Memory is what the run needs at most, in bytes, beside the program.
	Memory int64
	// Descriptors is the most files that are open at a time.
	Descriptors int
}

// Bounds states what the plan can come to.
func (p *Plan) Bounds() Bounds {
	b := Bounds{Operations: p.Load.operations(), InFlight: p.inFlight(), Descriptors: p.connections() + p.spareDescriptors()}
	shards := int64(p.shards())
	b.Operations = (b.Operations + shards - 1) / shards
	if b.Operations > 0 {
		b.InFlight = int(min(int64(b.InFlight), b.Operations))
	}
	perOperation := int64(3)
	if p.SkipResult {
		perOperation = 2
	}
	b.Requests = b.Operations * perOperation
	b.Memory = p.Memory() - int64(p.inFlight()-b.InFlight)*int64(pending.SlotSize+blobEstimate)
	seconds := int64((p.Load.length() + p.drain()) / time.Second)
	b.Memory += int64(p.staff()) * seconds * int64(unsafe.Sizeof(measure.Sample{}))
	return b
}

// spareDescriptors is what a process needs beside the connections of a run.
func (p *Plan) spareDescriptors() int {
	spare := 64
	if strings.HasPrefix(p.home(), "https:") {
		handshakes := orElse(p.Workers, runtime.GOMAXPROCS(0)) * engine.MaxHandshakes
		if p.Connections > 0 {
			handshakes = min(handshakes, p.connections())
		}
		spare += handshakes * 2
	}
	return spare
}

// operations is how many arrivals the load has; 0 if that is not known beforehand.
func (l *Load) operations() int64 {
	if !l.open() {
		return l.Operations
	}
	n, rate, left := 0.0, l.Rate, l.length()
	if len(l.Stages) == 0 {
		n = rate * left.Seconds()
	}
	for _, s := range l.Stages {
		part := min(s.Duration, left)
		end := rate
		if s.Duration > 0 {
			end = rate + (s.Rate-rate)*part.Seconds()/s.Duration.Seconds()
		}
		n += (rate + end) / 2 * part.Seconds()
		rate, left = s.Rate, left-part
	}
	planned := int64(math.Ceil(n))
	if l.Operations > 0 && (planned == 0 || l.Operations < planned) {
		return l.Operations
	}
	return planned
}
