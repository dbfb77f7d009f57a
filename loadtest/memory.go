package loadtest

import (
	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// What an operation takes beside its slot: its texts, the status URL above all. Status URLs of more
// than 100 bytes behind what they have in common take more.
const blobEstimate = 112

// Memory is how many bytes a run of the plan needs at most, beside the program itself: for so many
// operations in flight, connections and histograms. It is computed, not measured.
func (p *Plan) Memory() int64 {
	workers := int64(p.staff())
	perWorker := int64(pending.WheelTicks*4+pending.WheelTicks/8) + int64(len(p.kinds())*len(p.strategies())*len(measure.Metrics()))*histogramBytes + 1<<20
	perConnection := int64(min(p.maxBody(), 64<<10) + 8<<10)
	perOperation := int64(pending.SlotSize + blobEstimate)
	return workers*perWorker + int64(p.connections())*perConnection + int64(p.inFlight())*perOperation
}

// histogramBytes is what one histogram takes once something was recorded.
const histogramBytes = 350 << 10
