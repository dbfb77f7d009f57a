package app

// Together combines the exit codes of several operations. Its zero value has seen none.
type Together struct{ seen map[int]int }

// Add takes the code of one more operation into account.
func (t *Together) Add(code int) {
	if t.seen == nil {
		t.seen = map[int]int{}
	}
	t.seen[code]++
}

// Code returns the code for all of them: the one that they have in common; else, if the ones that did
// not succeed are only pending or timed out, 8 or 124; else 1.
func (t *Together) Code() int {
	if len(t.seen) == 1 {
		for code := range t.seen {
			return code
		}
	}
	waiting := ExitOK
	for code := range t.seen {
		switch code {
		case ExitOK:
		case ExitPending, ExitTimeout:
			waiting = max(waiting, code)
		default:
			return ExitNo
		}
	}
	return waiting
}
