package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Prepare adds what the family wants to see in the submit.
func (d *rules) Prepare(req lro.Request) lro.Request {
	if len(d.Header) > 0 {
		header := http.Header{}
		if req.Header != nil {
			header = req.Header.Clone()
		}
		for name, value := range d.Header {
			if len(header.Values(name)) == 0 {
				header.Set(name, value)
			}
		}
		req.Header = header
	}
	req.URL = addQuery(req.URL, d.Query)
	return req
}

// addQuery adds parameters to a URL or reference that lacks them; one that cannot be read stays as it is.
func addQuery(ref string, query map[string]string) string {
	u, err := url.Parse(ref)
	if err != nil || len(query) == 0 {
		return ref
	}
	has, more := u.Query(), url.Values{}
	for name, value := range query {
		if !has.Has(name) {
			more.Set(name, value)
		}
	}
	u.RawQuery = strings.Trim(u.RawQuery+"&"+more.Encode(), "&")
	return u.String()
}

// withQuery adds to a status URL what each poll must ask for.
func (d *rules) withQuery(ref string) string {
	if ref == "" || len(d.Poll.Query) == 0 {
		return ref
	}
	return addQuery(ref, d.Poll.Query)
}

// Read says what the reply means, by the rules.
func (d *rules) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	var got lro.Reading
	var err error
	switch op.Phase {
	case lro.Submitting:
		got, err = d.answer(&op, r)
	case lro.Polling, lro.Following:
		got, err = d.status(&op, r)
	}
	if op.Dialect != d.Name {
		got.Dialect, got.Cue = d.Name, CueNamed
		if d.own {
			got.Cue = CueOwn
		}
	}
	return got, err
}

// answer reads the answer to the submit.
func (d *rules) answer(op *lro.Operation, r lro.Reply) (lro.Reading, error) {
	if r.Status != http.StatusAccepted && !slices.Contains(d.Accept, r.Status) {
		return lro.Reading{}, nil
	}
	got := lro.Reading{Carry: d.Carry}
	d.name(&got, r)
	op.Job = got.Job
	if d.Poll.Repeat {
		got.StatusURL, got.Repeat = op.Next.URL, true
		return got, nil
	}
	named := "" // the template that named the status URL
	for _, named = range d.Status {
		if got.StatusURL = expand(op, r, named); got.StatusURL != "" {
			got.NamedBy = "content"
			if fromHeader(named) {
				from, _ := hole.Whole(named)
				got.NamedBy = strings.TrimPrefix(from, "header:")
			}
			break
		}
	}
	// Where a header names the status URL, the content may be anything, the resource itself for one.
	if d.State != "" && named != "" && !strings.Contains(named, "header:") {
		if word, ok := d.told(r); ok {
			got.State, got.Native = d.word(word), string(word)
			if got.State == Done || got.State.Terminal() {
				got.State, _ = d.cameOut(got.State, r)
			}
		}
	}
	switch {
	case got.State == Undecided:
		got.State = lro.StateUnknown
	case got.State.Terminal():
		d.end(&got, op, r)
		return got, nil
	}
	if got.StatusURL == "" && r.Status != http.StatusAccepted && slices.ContainsFunc(d.Status, func(s string) bool { return !fromHeader(s) }) {
		return got, errNoStatus(d.Name)
	}
	if got.StatusURL != "" && needsReply(d.Result...) {
		got.ResultURL = find(op, r, d.Result)
	}
	got.StatusURL = d.withQuery(got.StatusURL)
	d.cancelLink(&got, op, r)
	return got, nil
}

// name reads the server's name for the operation.
func (d *rules) name(got *lro.Reading, r lro.Reply) {
	if d.Job == "" {
		return
	}
	got.Job = at(r, d.Job)
	v, _, _ := value(r, d.Job)
	_, got.JobNumber = v.Number()
}

// fromHeader reports whether a template is the URL in a header field.
func fromHeader(template string) bool {
	name, whole := hole.Whole(template)
	return whole && strings.HasPrefix(name, "header:")
}

// errNoStatus is for an answer to the submit that should begin an operation and does not.
func errNoStatus(name string) error {
	return errors.New("the answer to the submit does not say where the status of the operation is; it is not what " + name + " sends")
}

// open reports whether the rules leave it to the generic dialect to read a status.
func (d *rules) open() bool {
	return d.own && d.Like == "" && d.State == "" && d.Outcome.At == "" && len(d.Statuses) == 0 && !d.Poll.Repeat
}

// status reads the answer to a poll.
func (d *rules) status(op *lro.Operation, r lro.Reply) (lro.Reading, error) {
	if d.open() {
		return d.generic(op, r)
	}
	got := lro.Reading{Carry: d.Carry}
	state, told := d.Statuses[r.Status]
	var word []byte
	if told && op.Phase == lro.Following && d.State != "" {
		// Behind a temporary redirect may lie the status or the result: the document tells.
		_, told = d.told(r)
	}
	switch {
	case told:
		got.State = state
		if d.State != "" {
			word, _ = d.told(r)
		}
	case r.Status/100 != 2:
		if slices.Contains(d.Gone, r.Status) {
			got.Status = http.StatusNotFound
		} else if d.own && op.Phase == lro.Polling && stands(op, r) {
			got.State = lro.StateFailed
			got.Problem = lro.ReadProblem(r)
		}
		return got, nil
	case d.State == "" && r.Status == http.StatusAccepted:
		got.State = lro.StateRunning
	case d.State == "" && len(d.Result) == 0 && d.Inline == "" && d.Outcome.At == "":
		return got, nil
	case d.State == "":
		got.State = lro.StateSucceeded
	default:
		var ok bool
		if word, ok = d.told(r); ok {
			got.State = d.word(word)
			break
		}
		if got.State = d.absent(r); got.State == Undecided {
			d.wordless(&got, op, r)
			return got, nil
		}
	}
	d.settle(&got, op, r, word)
	return got, nil
}

// wordless reads an answer without a word: by HTTP if it is a 202, by the rules if they name that
// undecided, else as one that may be so in passing.
func (d *rules) wordless(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	got.State = lro.StateUnknown
	switch {
	case r.Status == http.StatusAccepted || op.Phase != lro.Polling:
	case d.Absent == Undecided && json.Valid(r.Body):
		got.Undecided, got.Why = true, "there is no state at "+d.State
	default:
		got.Unreadable = true
	}
}

// absent returns what it means that no word for the state is there. What is no document says nothing.
func (d *rules) absent(r lro.Reply) lro.State {
	if d.Absent == lro.StateUnknown || !strings.HasPrefix(d.State, "header:") && !json.Valid(r.Body) {
		return Undecided
	}
	return d.Absent
}

// settle completes a reading that has a state, perhaps one that needs an outcome beside it.
func (d *rules) settle(got *lro.Reading, op *lro.Operation, r lro.Reply, word []byte) {
	got.Native = reuse(op.Native, word)
	if got.State == Done || got.State.Terminal() {
		var out []byte
		if got.State, out = d.cameOut(got.State, r); len(out) > 0 {
			got.Native = strings.TrimPrefix(string(word)+"/"+string(out), "/")
		}
	}
	if got.State == Undecided {
		got.State, got.Undecided = lro.StateUnknown, true
		got.Why = "the word " + strconv.Quote(got.Native) + " does not say how it ended"
		return
	}
	got.Progress = d.progress(op, r)
	if got.State.Terminal() {
		d.end(got, op, r)
		return
	}
	for _, s := range d.Handover {
		if got.StatusURL = d.withQuery(expand(op, r, s)); got.StatusURL != "" {
			break
		}
	}
	if op.CancelURL == "" {
		d.cancelLink(got, op, r)
	}
}

// generic reads a status as the generic dialect does, and what the rules say besides.
func (d *rules) generic(op *lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := lro.Generic{}.Read(*op, r)
	got.Carry = d.Carry
	if d.Progress != "" || d.Message != "" || d.Queue != "" {
		got.Progress = d.progress(op, r)
	}
	if got.State == lro.StateUnknown && r.Status/100 == 2 && r.Status != http.StatusAccepted && !got.Unreadable && !got.Refused && !got.Undecided && !got.Doubtful &&
		(len(d.Result) > 0 || d.Inline != "") {
		got.State = lro.StateSucceeded // it would count as the result, which is elsewhere
	}
	if got.State.Terminal() && r.Status/100 == 2 {
		d.end(&got, op, r)
	}
	if slices.Contains(d.Gone, r.Status) {
		got.Status = http.StatusNotFound
	}
	return got, err
}

// end completes the reading of an operation that is over.
func (d *rules) end(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	places := d.Failure
	if len(places) == 0 {
		places = []string{"/error"}
	}
	for _, p := range places {
		for _, v := range values(r, p) {
			if v.Empty() || got.Problem != nil {
				continue
			}
			if got.State == lro.StateSucceeded || got.State == lro.StatePartial {
				got.State = lro.StateFailed
			}
			got.Problem = problem(v, r.Status)
		}
	}
	for _, p := range d.Partial {
		for _, v := range values(r, p) {
			if got.State == lro.StateSucceeded && !v.Empty() {
				got.State = lro.StatePartial
			}
		}
	}
	if got.State == lro.StateSucceeded || got.State == lro.StatePartial {
		d.locate(got, op, r)
	}
}

// locate reads where the result of a success is.
func (d *rules) locate(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	for _, t := range d.Result {
		if got.ResultURL = expand(op, r, t); got.ResultURL == "" && needsReply(t) {
			got.ResultURL = op.PromisedURL
		}
		if got.ResultURL != "" {
			return
		}
	}
	if d.Inline == "" {
		return
	}
	if _, ok := jsontext.Value(r.Body).At(d.Inline); ok {
		got.Inline = d.Inline
	}
}

// problem reads what one member says about a failure.
func problem(v jsontext.Value, status int) *lro.Problem {
	if text := v.String(); text != "" {
		return &lro.Problem{Status: status, Detail: text}
	}
	return lro.ReadProblem(lro.Reply{Status: status, Body: bytes.Clone(v)})
}

// cancelLink reads where the operation can be cancelled, if an answer says so.
func (d *rules) cancelLink(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	if d.Rules.Cancel.Method != "" && needsReply(d.Rules.Cancel.URL...) {
		got.CancelURL = find(op, r, d.Rules.Cancel.URL)
	}
}

// Cancel returns the request that cancels op.
func (d *rules) Cancel(op lro.Operation) (lro.Request, bool) {
	call := d.Rules.Cancel
	if call.Method == "" || op.StatusURL == "" {
		return lro.Request{}, false
	}
	target := op.CancelURL
	if target == "" || !needsReply(call.URL...) {
		var err error
		if target, err = lro.Resolve(op.StatusURL, find(&op, lro.Reply{}, call.URL)); err != nil {
			return lro.Request{}, false
		}
	}
	req := lro.Request{Method: call.Method, URL: target}
	dress(&req, &op, call.Header, call.Body)
	return req, target != ""
}

// dress gives a request the header fields and the content of a section.
func dress(req *lro.Request, op *lro.Operation, header map[string]string, body string) {
	if len(header) == 0 && body == "" {
		return
	}
	own := http.Header{}
	if req.Header != nil {
		own = req.Header.Clone()
	}
	for name, v := range header {
		own.Set(name, v)
	}
	if body != "" {
		if own.Get("Content-Type") == "" {
			own.Set("Content-Type", contentType(body))
		}
		req.Body = fill(body, op)
	}
	req.Header = own
}

func (d *rules) destroys() bool { return d.Rules.Cancel.Destroys }
