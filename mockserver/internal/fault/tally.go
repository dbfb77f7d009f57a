package fault

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Tally is what the faults of a server count. It outlives their switching.
type Tally struct {
	submits, others atomic.Int64
	once            sync.Once
	began           time.Time // the first request among faults
	Befallen        sync.Map  // *atomic.Int64: requests, by the name of the fault
}
