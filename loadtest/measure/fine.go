package measure

import (
	"math/bits"
	"time"
)

// Fine is a spread that tells sixteen parts of each power of two apart: values within 6 %. It is
// small enough to be copied while a run goes on, which a histogram is not.
type Fine [fineLength]int64

const (
	fineBits   = 4
	fineFirst  = 10 // powers of two of nanoseconds; what is shorter counts as nothing
	fineLength = 1 + 42<<fineBits
)

// Fines are those that a run shows while it goes on.
type Fines struct{ Done, Lag, Poll, Late Fine }

// Record counts one duration of so many nanoseconds.
func (f *Fine) Record(nanoseconds int64) {
	power := bits.Len64(uint64(max(nanoseconds, 0))) - 1
	if power < fineFirst {
		f[0]++
		return
	}
	part := int(nanoseconds>>(power-fineBits)) & (1<<fineBits - 1)
	f[min(1+(power-fineFirst)<<fineBits+part, fineLength-1)]++
}

// Histogram counts each part in its middle.
func (f *Fine) Histogram() (h Histogram) {
	for i, n := range f {
		if n == 0 {
			continue
		}
		middle := time.Duration(0)
		if i > 0 {
			power, part := fineFirst+(i-1)>>fineBits, int64((i-1)&(1<<fineBits-1))
			width := int64(1) << (power - fineBits)
			middle = time.Duration((1<<fineBits+part)*width + width/2)
		}
		h.RecordN(middle, n)
	}
	return h
}

func (f *Fines) Add(o *Fines) {
	for _, x := range []struct{ to, from *Fine }{{&f.Done, &o.Done}, {&f.Lag, &o.Lag}, {&f.Poll, &o.Poll}, {&f.Late, &o.Late}} {
		for i := range x.to {
			x.to[i] += x.from[i]
		}
	}
}
