package document

import (
	"bytes"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// role is what the name of a member says about its value.
type role uint8

const (
	noRole        role = iota
	jobState           // status, state, phase, jobStatus: any word there is a state
	otherState         // orderStatus: a word of the vocabulary is a state
	stateLabel         // statusText: a word of the vocabulary is a state, where the state is a number
	inState            // name, value, text, label: the word, in an object that stands for the state
	outcomeOf          // conclusion, outcome: how it ended
	resultOf           // result: how it ended, or the result itself
	successOf          // success, ok
	exitOf             // exitCode
	errorOf            // error, errorMessage
	failedIf           // failed: true is an error
	percentOf          // percentComplete, progress
	messageOf          // message
	onIfTrue           // running: true says that it goes on
	onIfFalse          // done: false says that it goes on
	mayIfFalse         // completed: false may say that it goes on
	fruitOf            // records, items: what was made
	dataOf             // data, response: an envelope, or what belongs to the operation
	jobOf              // job, task: an object about the operation
	versionOfKind      // apiVersion
	kindOf             // kind
	placeOf            // city, country: the state beside them is one of a country
	idOf               // id
	remark             // title, path: company of an error
	note               // code, requestId: what stands beside a message, and makes no result of it
	jobsOf             // jobs, tasks: a list of operations
	endTime            // finishedAt: null says that it may go on
	yield              // output, resultUrl: the same
)

// longestName bounds the names that are looked up, in letters.
const longestName = 24

// roleOf reads the name of a member, in snake_case, camelCase or anything like them. own reports
// whether the name itself speaks of a job ("jobStatus").
func roleOf(name []byte) (r role, own bool) {
	if len(name) == 0 || len(name) > 64 {
		return noRole, false
	}
	if stem, ok := stateStem(name); ok {
		last := lastWord(stem)
		if len(last) == 0 {
			return jobState, false
		}
		switch {
		case foldsTo(last, "result"): // result_state
			return outcomeOf, false
		case roleOfWord(last, true) == noRole:
			return otherState, false
		case roleOfWord(last, true) == outcomeOf:
			return outcomeOf, false
		}
		return jobState, true
	}
	return roleOfWord(name, false), false
}

// stateStem returns what stands before "status", "state" or "phase" in a name that ends in one of
// them at the boundary of a word. Only "status" is also found without a boundary: "jobstatus".
func stateStem(name []byte) ([]byte, bool) {
	n := len(name)
	var at int
	switch name[n-1] | 0x20 {
	case 's':
		at = n - len("status")
	case 'e':
		at = n - len("state") // and "phase"
	default:
		return nil, false
	}
	if at < 0 || !foldsTo(name[at:], "status") && !foldsTo(name[at:], "state") && !foldsTo(name[at:], "phase") {
		return nil, false
	}
	if at == 0 {
		return nil, true
	}
	before, first := name[at-1], name[at]
	boundary := !letter(before) || first < 'a' && before >= 'a'
	return name[:at], boundary || (first < 'a') == (before < 'a') && (n-at == len("status") || roleOfWord(name[:at], true) == jobOf) // "jobstate", but not "estate"
}

// lastWord returns the last word of a name: "Job" of exportJob, "job" of async_job_.
func lastWord(name []byte) []byte {
	end := len(name)
	for end > 0 && !letter(name[end-1]) {
		end--
	}
	start := end
	for start > 0 && letter(name[start-1]) {
		start--
		if name[start] < 'a' && (start+1 == end || name[start+1] >= 'a') { // an upper-case letter begins a word
			break
		}
	}
	return name[start:end]
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// foldsTo compares a name with a lower-case one.
func foldsTo(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i, c := range name {
		if c|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// roleOfWord folds a name and looks it up; stem restricts it to the words that make a state that of a job.
func roleOfWord(name []byte, stem bool) role {
	var folded [longestName]byte
	n := 0
	for _, c := range name {
		if c == '_' || c == '-' || c == ' ' || c == '.' {
			continue
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if n == len(folded) {
			return noRole
		}
		folded[n] = c
		n++
	}
	if stem {
		return stemRole(folded[:n])
	}
	return memberRole(folded[:n])
}

// stemRole tells the words that speak of work.
func stemRole(folded []byte) role {
	switch string(folded) {
	case "job", "task", "run", "operation", "action", "execution", "process", "workflow", "request", "batch", "export",
		"import", "transfer", "query", "build", "step", "provisioning", "lifecycle", "processing", "runtime", "progress",
		"current", "overall":
		return jobOf
	case "final", "exit", "completion": // finalStatus, exit_state
		return outcomeOf
	}
	return noRole
}

func memberRole(folded []byte) role {
	switch string(folded) {
	case "conclusion", "outcome":
		return outcomeOf
	case "result":
		return resultOf
	case "success", "succeeded", "ok", "successful", "issuccess", "issuccessful", "finishedsuccessfully", "completedsuccessfully", "wassuccessful":
		return successOf
	case "exitcode", "exitstatus", "returncode", "jobresultcode":
		return exitOf
	case "error", "errors", "errormessage", "errormsg", "errorcode", "errortext", "errorreason", "errordetails",
		"failurereason", "failuremessage", "failuredetails", "fault", "exception":
		return errorOf
	case "failed", "isfailed", "haserror", "haserrors", "iserror", "hasfailed", "cancelled", "canceled", "aborted", "iscancelled", "iscanceled":
		return failedIf
	case "percentcomplete", "percentagecomplete", "percentcompleted", "percentage", "percent", "progress", "progresspercent", "progresspercentage":
		return percentOf
	case "message", "msg", "statusmessage", "description":
		return messageOf
	case "running", "isrunning", "pending", "ispending", "inprogress", "isinprogress", "processing", "isprocessing", "queued", "isqueued", "building":
		return onIfTrue
	case "done", "isdone", "finished", "isfinished":
		return onIfFalse
	case "completed", "iscompleted", "complete", "iscomplete", "ready", "isready":
		return mayIfFalse
	case "records", "items", "results", "rows", "output", "outputs", "artifacts", "files":
		return fruitOf
	case "data", "response", "payload", "embedded", "envelope":
		return dataOf
	case "metadata", "properties", "summary", "cluster":
		return jobOf
	case "apiversion":
		return versionOfKind
	case "kind":
		return kindOf
	case "city", "country", "countrycode", "zip", "zipcode", "postalcode", "street", "streetaddress", "county", "address", "address1":
		return placeOf
	case "id", "uuid", "jobid", "taskid", "operationid", "runid", "executionid", "batchid", "exportid", "importid", "transferid", "buildid", "workflowid", "processid":
		return idOf
	case "statustext", "statuslabel", "statusname", "statusstring", "statusdescription", "statuscode", "statetext", "statelabel", "statename":
		return stateLabel
	case "detail", "details", "title", "type", "instance", "path", "time", "date":
		return remark
	case "code", "timestamp", "requestid", "traceid", "correlationid", "errorid":
		return note
	case "jobs", "tasks", "operations", "runs", "executions", "requests", "batches", "builds":
		return jobsOf
	case "finishedat", "completedat", "endedat", "endtime", "finishtime", "finishedtime", "completiontime", "completedtime",
		"completedon", "finishedon", "datecompleted", "datefinished", "datedone", "enddatetime", "completeddatetime", "finisheddatetime", "stoppedat":
		return endTime
	case "resulturl", "resulturi", "resultlink", "downloadurl", "downloaduri", "downloadlink", "outputurl", "outputuri", "fileurl", "resultlocation":
		return yield
	}
	if stemRole(folded) == jobOf {
		return jobOf
	}
	return localRole(folded)
}

// localRole tells other names for a state, most of them in other languages: a word of the vocabulary there is one.
func localRole(folded []byte) role {
	switch string(folded) {
	case "stage", "condition", "situation", "zustand", "estado", "estatus", "situacao", "situação", "statut", "etat", "état", "stato", "stav", "durum",
		"toestand", "tilstand", "статус", "состояние", "状态", "状態", "ステータス", "상태":
		return otherState
	}
	return noRole
}

// NamesJob reports whether an object holds the id of a job, and nothing but remarks beside it.
func NamesJob(doc jsontext.Value) bool {
	found := false
	for it := doc.Walk(); it.Next(); {
		if len(it.Key) < 3 {
			return false
		}
		name := it.Key[1 : len(it.Key)-1]
		switch r, _ := roleOf(name); {
		case r == idOf:
			last := len(name) - len("id")
			found = found || last > 0 && foldsTo(name[last:], "id") && roleOfWord(lastWord(name[:last]), true) == jobOf
		case r == messageOf:
			found = found || saysBegun(it.Value)
		case r != messageOf && r != note && r != remark && r != successOf && r != errorOf && r != jobState && !isLink(name) && !it.Value.Empty():
			return false
		}
	}
	return found
}

// saysBegun reports whether a message is that a job was taken: "job created", "Task queued."
func saysBegun(message jsontext.Value) bool {
	text, _ := message.Text()
	work, taken := false, false
	for part := range bytes.FieldsFuncSeq(text[:min(len(text), maxPhrase)], func(c rune) bool { return c < 'A' || c > 'z' }) {
		part = bytes.ToLower(part)
		work = work || stemRole(part) == jobOf
		switch string(part) {
		case "created", "queued", "enqueued", "submitted", "started", "accepted", "scheduled", "begun":
			taken = true
		}
	}
	return work && taken
}

// isLink reports whether a member is named like links.
func isLink(name []byte) bool {
	last := lastWord(name)
	for _, known := range [...]string{"links", "url", "uri", "link", "href", "monitor", "poll"} {
		if foldsTo(last, known) {
			return true
		}
	}
	return false
}
