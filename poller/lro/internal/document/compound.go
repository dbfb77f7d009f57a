package document

import "bytes"

// parts is what a text consists of: one word, words that are joined (snake_case, camelCase), or several.
type parts uint8

const (
	onePart parts = iota
	joined
	blanks
)

// compound reads words that are made of a known one: CREATE_IN_PROGRESS, JOB_STATE_FAILED, "pending
// review", "Running...". cut says that only its beginning is there.
func compound(w []byte, of parts, cut bool) word {
	w = bytes.TrimRight(w, ".!")
	w = bytes.TrimSuffix(w, []byte("…"))
	if of != blanks {
		w = lastOfName(w)
	}
	if known, ok := vocabulary()[string(w)]; ok && !cut {
		return known
	}
	switch {
	case begins(w, "pending", "waitingfor", "waitingon", "queuedfor", "notyet"), closes(w, cut, "pending"):
		return word{class: goesOn, state: Pending}
	case negated(w):
		return word{}
	case closes(w, cut, "inprogress", "retrying", "willretry", "retryscheduled"), begins(w, "retrying", "recovering"):
		return word{class: goesOn, state: Running}
	}
	if known := compoundEnd(w, of, cut); known.class != unlisted || known.step {
		return known
	}
	if known := ofJob(w); known.class != unlisted && !cut {
		return known
	}
	switch {
	case closes(w, cut, "running", "started", "processing"), opens(w, of, "running", "processing", "inprogress", "executing"):
		return word{class: goesOn, state: Running}
	case closes(w, cut, "queued"), opens(w, of, "queued", "inqueue"):
		return word{class: goesOn, state: Pending}
	}
	return word{}
}

// compoundEnd reads those that speak of an end. Only of a failure and a cancellation is it sure that
// they are the end of the operation: "upload complete" may be a step.
func compoundEnd(w []byte, of parts, cut bool) word {
	bad := bytes.Contains(w, []byte("error")) || bytes.Contains(w, []byte("fail")) || bytes.Contains(w, []byte("exception"))
	switch {
	case bytes.Contains(w, []byte("unsuccessful")):
		return word{class: fails, state: Failed}
	case opens(w, of, "complete", "completed", "finished", "success", "succeeded", "done"):
		return compoundSuccess(w, bad)
	case opens(w, of, "cancelled", "canceled", "aborted", "killedby", "terminatedby", "stoppedby"), closes(w, cut, "cancelled", "canceled", "aborted"):
		return word{class: fails, state: Cancelled}
	case opens(w, of, "partially", "partial"):
		return word{class: fails, state: Partial}
	case opens(w, of, "failed", "failure"), begins(w, "error:"), closes(w, cut, "failed", "failure", "error", "timeout", "timedout", "exceeded"):
		return word{class: fails, state: Failed}
	case closes(w, cut, "success", "succeeded", "complete", "completed", "finished", "done"):
		if known := ofJob(w); known.class != unlisted {
			return known
		}
		return word{step: true}
	}
	return word{}
}

// compoundSuccess reads words that begin with one of success: "completed with 3 errors".
func compoundSuccess(w []byte, bad bool) word {
	switch {
	case bytes.Contains(w, []byte("pending")), bytes.Contains(w, []byte("partial")):
		return word{step: true}
	case bytes.HasSuffix(w, []byte("successfully")), bytes.HasSuffix(w, []byte("ok")), bytes.HasSuffix(w, []byte("withwarnings")):
		return word{class: succeeds, state: Succeeded}
	case bad && bytes.Contains(w, []byte("with")) && !bytes.Contains(w, []byte("without")):
		return word{class: fails, state: Partial}
	}
	if begins(w, "completedwith", "finishedwith", "donewith", "succeededwith") {
		return word{class: ends}
	}
	return word{step: true}
}

// stems are words that only say what it is that has a state.
var stems = [...]string{
	"jobstate", "jobstatus", "jobrun", "job", "taskstate", "taskstatus", "task", "runstate", "run", "operationstate", "operation",
	"executionstate", "execution", "exec", "processing", "process", "workflow", "request", "batch", "state", "status",
}

// ofJob reads a word behind one that speaks of work: JOB_STATE_DONE, STATUS_SUCCESS.
func ofJob(w []byte) word {
	for _, stem := range stems {
		rest, ok := bytes.CutPrefix(w, []byte(stem))
		if known, listed := vocabulary()[string(rest)]; ok && listed {
			return known
		}
	}
	return word{}
}

// negated reports whether a word says what is not the case: "not done", "unfinished", "almost complete".
func negated(w []byte) bool {
	return begins(w, "not", "noerror", "nofail", "nonfatal", "unfinished", "uncompleted", "without", "almost", "nearly", "never") &&
		!begins(w, "notebook", "notification")
}

// lastOfName returns the word at the end of a name with dots or of a URI: JobStatus.FAILED,
// http://example.com/status/failed.
func lastOfName(w []byte) []byte {
	at := bytes.LastIndexByte(w, '.')
	if begins(w, "http:", "https:", "urn:") {
		at = bytes.LastIndexAny(w, "/#:.")
	} else if at > 0 {
		for _, c := range w[:at] {
			if !letter(c) && c != '.' {
				return w
			}
		}
	}
	if at <= 0 || at+1 == len(w) {
		return w
	}
	return w[at+1:]
}

func begins(w []byte, with ...string) bool {
	for _, s := range with {
		if len(w) >= len(s) && string(w[:len(s)]) == s {
			return true
		}
	}
	return false
}

// opens is begins for words that are not run on: "failed validation", "failed:", but not "failedover".
func opens(w []byte, of parts, with ...string) bool {
	for _, s := range with {
		if begins(w, s) && (of != onePart || len(w) == len(s) || !letter(w[len(s)])) {
			return true
		}
	}
	return false
}

// closes reports whether a word that was read whole ends in one of some others.
func closes(w []byte, cut bool, with ...string) bool {
	for _, s := range with {
		if len(w) >= len(s) && string(w[len(w)-len(s):]) == s && !cut {
			return true
		}
	}
	return false
}
