package dialect

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/poller/dialect/internal/uwsjob"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var uwsFamily = []builtin{{Info: Info{
	Name:       "uws",
	Cancel:     "POST {status}/phase with PHASE=ABORT, which keeps what is there; DELETE would destroy the job",
	Result:     "the one that the job names; of several, the job is the list",
	Looks:      "POST answered by 303 to the job, an XML document with phase: PENDING, QUEUED, EXECUTING, COMPLETED, ERROR, ABORTED",
	Source:     "IVOA Universal Worker Service 1.1",
	Evidence:   Primary,
	Unverified: "PHASE=RUN is asked for in the query of the submit, and of a job that we submitted and that stays PENDING; one that is HELD, or that somebody else made, has to be run by hand",
}, dialect: &uws{rules{Rules: Rules{
	Name: "uws", Query: map[string]string{"PHASE": "RUN"},
	Words: map[string]lro.State{
		"pending": lro.StateWaiting, "held": lro.StateWaiting, "suspended": lro.StateWaiting, "queued": lro.StatePending,
		"completed": lro.StateSucceeded, "error": lro.StateFailed, "aborted": lro.StateCancelled,
	},
	Others: lro.StateRunning, Poll: Poll{Wait: "WAIT={{seconds}}"},
}}}}}

const uwsCue = strong + "303 to a job of the namespace " + uwsjob.Namespace

// uws reads the jobs of the Virtual Observatory.
type uws struct{ rules }

// uwsJob is what counts of a job.
type uwsJob struct {
	XMLName xml.Name `xml:"http://www.ivoa.net/xml/UWS/v1.0 job"`
	Phase   string   `xml:"phase"`
	Message string   `xml:"errorSummary>message"`
	Results []struct {
		Href string `xml:"http://www.w3.org/1999/xlink href,attr"`
	} `xml:"results>result"`
}

// Ask says RUN to a job of ours that waits for it (section 2.2.3.2). A server need not heed PHASE in
// the request that makes the job; DaCHS 2.7 does not.
func (d *uws) Ask(op lro.Operation) lro.Request {
	if op.Native != "PENDING" || op.SubmitMethod != http.MethodPost {
		return d.rules.Ask(op)
	}
	return phaseRequest(op, "RUN")
}

// Read says what the reply means.
func (d *uws) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Polling && r.Status == http.StatusSeeOther { // to the job: so is every wish answered
		got.State, got.Native, got.Status = lro.StatePending, "RUN", http.StatusOK
		return got, err
	}
	if op.Phase == lro.Submitting || op.Phase == lro.Fetching || r.Status != http.StatusOK {
		return got, err
	}
	if d.goesOn(&got, &op, r.Body) {
		return got, nil
	}
	var job uwsJob
	if err := xml.Unmarshal(r.Body, &job); err != nil || job.Phase == "" {
		got.Unreadable = op.Phase == lro.Polling
		return got, nil
	}
	phase := []byte(strings.TrimSpace(job.Phase))
	got.Native = reuse(op.Native, phase[:min(len(phase), longestWord)])
	if got.Native == "ARCHIVED" { // section 2.1.3: the results are deleted
		return lro.Reading{Dialect: got.Dialect, Cue: got.Cue, Status: http.StatusGone}, nil
	}
	got.State = d.word(phase)
	switch {
	case got.State == lro.StateSucceeded && len(job.Results) == 1:
		got.ResultURL = job.Results[0].Href // of several, the job is the list
	case got.State == lro.StateFailed && job.Message != "":
		got.Problem = &lro.Problem{Status: r.Status, Detail: job.Message[:min(len(job.Message), 4096)]}
	}
	return got, nil
}

// Cancel sends PHASE=ABORT, which keeps what is there; DELETE would destroy the job.
func (d *uws) Cancel(op lro.Operation) (lro.Request, bool) {
	return phaseRequest(op, "ABORT"), op.StatusURL != ""
}

// phaseRequest asks the server to take the job into another phase.
func phaseRequest(op lro.Operation, phase string) lro.Request {
	base, _, _ := strings.Cut(op.StatusURL, "?")
	return lro.Request{
		Method: http.MethodPost, URL: strings.TrimSuffix(base, "/") + "/phase",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("PHASE=" + phase),
	}
}

// looksLikeJob reports whether a redirect of the submit led to a job.
func looksLikeJob(op *lro.Operation, r lro.Reply) bool {
	return op.Phase == lro.Following && op.StatusURL == "" && op.Dialect == lro.GenericName &&
		r.Status == http.StatusOK && bytes.Contains(r.Body[:min(len(r.Body), 4096)], []byte(uwsjob.Namespace))
}

// goesOn reads a job that is not over; false for one that is, or that has to be looked at more closely.
func (d *uws) goesOn(got *lro.Reading, op *lro.Operation, doc []byte) bool {
	phase, ok := uwsjob.Phase(doc)
	if !ok || string(phase) == "ARCHIVED" {
		return false
	}
	state := d.word(phase)
	if state.Terminal() {
		return false
	}
	got.State, got.Native = state, reuse(op.Native, phase)
	return true
}
