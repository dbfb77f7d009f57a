package work

import "time"

// A Past is what faults remember of an operation. It is kept with the
// operation, only while there are faults, under the lock of its shard.
type Past struct {
	Polls, Cancels, Results int
	Ends                    int       // polls when it was done
	LastGood                time.Time // the last poll that was not throttled
	Redirected              time.Time // the first redirect to the result
	Auth                    string    // Authorization of the submit
}
