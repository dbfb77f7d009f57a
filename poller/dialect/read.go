package dialect

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

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
		got = d.status(&op, r)
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
	got := lro.Reading{Carry: d.Carry, Job: find(op, r, d.Job)}
	op.Job = got.Job
	if d.Poll.Repeat {
		got.StatusURL, got.Repeat = op.Next.URL, true
		return got, nil
	}
	named := "" // the source that named the status URL
	for _, named = range d.Status {
		if got.StatusURL = find(op, r, named); got.StatusURL != "" {
			break
		}
	}
	// Where a header names the status URL, the content may be anything, the resource itself for one.
	if d.State != "" && named != "" && !strings.Contains(named, "header:") {
		if word, ok := d.told(lro.JSON(r.Body)); ok {
			got.State, got.Native = d.word(word), string(word)
		}
	}
	if got.State.Terminal() {
		d.end(&got, op, r)
		return got, nil
	}
	if got.StatusURL == "" && r.Status != http.StatusAccepted && slices.ContainsFunc(d.Status, func(s string) bool { return !strings.HasPrefix(s, "header:") }) {
		return got, errNoStatus(d.Name)
	}
	for _, s := range d.Result {
		if got.StatusURL != "" && got.ResultURL == "" && needsReply(s) {
			got.ResultURL = find(op, r, s)
		}
	}
	got.StatusURL = d.withQuery(got.StatusURL)
	d.cancelLink(&got, op, r)
	return got, nil
}

// errNoStatus is for an answer to the submit that should begin an operation and does not.
func errNoStatus(name string) error {
	return errors.New("the answer to the submit does not say where the status of the operation is; it is not what " + name + " sends")
}

// status reads the answer to a poll.
func (d *rules) status(op *lro.Operation, r lro.Reply) lro.Reading {
	got := lro.Reading{Carry: d.Carry}
	state, told := d.Statuses[r.Status]
	doc := lro.JSON(r.Body)
	var word []byte
	if told && op.Phase == lro.Following && d.State != "" {
		// Behind a temporary redirect may lie the status or the result: the document tells.
		_, told = d.told(doc)
	}
	switch {
	case told:
		got.State = state
		if d.State != "" {
			word, _ = d.told(doc)
		}
	case r.Status/100 != 2:
		if slices.Contains(d.Gone, r.Status) {
			got.Status = http.StatusNotFound
		}
		return got
	case d.State == "" && r.Status == http.StatusAccepted:
		got.State = lro.StateRunning
	case d.State == "" && len(d.Result) == 0 && d.Inline == "":
		return got
	case d.State == "":
		got.State = lro.StateSucceeded
	default:
		var ok bool
		if word, ok = d.told(doc); !ok {
			got.Unreadable = r.Status != http.StatusAccepted && op.Phase == lro.Polling
			return got
		}
		got.State = d.word(word)
	}
	got.Native = reuse(op.Native, word)
	got.Progress = d.progress(op, doc)
	if got.State.Terminal() {
		d.end(&got, op, r)
		return got
	}
	for _, s := range d.Handover {
		if got.StatusURL = d.withQuery(find(op, r, s)); got.StatusURL != "" {
			break
		}
	}
	if op.CancelURL == "" {
		d.cancelLink(&got, op, r)
	}
	return got
}

// end completes the reading of an operation that is over.
func (d *rules) end(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	doc := lro.JSON(r.Body)
	pointers := d.Failure
	if len(pointers) == 0 {
		pointers = []string{"/error"}
	}
	for _, p := range pointers {
		v, ok := doc.At(p)
		if !ok || v.Empty() {
			continue
		}
		if got.State == lro.StateSucceeded {
			got.State = lro.StateFailed
		}
		if got.Problem = problem(v, r.Status); got.Problem != nil {
			break
		}
	}
	for _, p := range d.Partial {
		if v, ok := doc.At(p); ok && got.State == lro.StateSucceeded && !v.Empty() {
			got.State = lro.StatePartial
		}
	}
	if got.State != lro.StateSucceeded && got.State != lro.StatePartial {
		return
	}
	for _, s := range d.Result {
		if got.ResultURL = find(op, r, s); got.ResultURL == "" && needsReply(s) {
			got.ResultURL = op.PromisedURL
		}
		if got.ResultURL != "" {
			return
		}
	}
	if _, ok := doc.At(d.Inline); ok {
		got.Inline = d.Inline
	}
}

// problem reads what one member says about a failure.
func problem(v lro.JSON, status int) *lro.Problem {
	if text := v.String(); text != "" {
		return &lro.Problem{Status: status, Detail: text}
	}
	return lro.ReadProblem(lro.Reply{Status: status, Body: bytes.Clone(v)})
}

// cancelLink reads where the operation can be called off, if an answer says so.
func (d *rules) cancelLink(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	if d.Rules.Cancel.Method != "" && needsReply(d.Rules.Cancel.URL) {
		got.CancelURL = find(op, r, d.Rules.Cancel.URL)
	}
}

// Cancel returns the request that calls op off.
func (d *rules) Cancel(op lro.Operation) (lro.Request, bool) {
	call := d.Rules.Cancel
	if call.Method == "" || op.StatusURL == "" {
		return lro.Request{}, false
	}
	target := op.CancelURL
	if !needsReply(call.URL) {
		var err error
		if target, err = lro.Resolve(op.StatusURL, find(&op, lro.Reply{}, call.URL)); err != nil {
			return lro.Request{}, false
		}
	}
	req := lro.Request{Method: call.Method, URL: target}
	if call.Body != "" {
		req.Header, req.Body = http.Header{"Content-Type": {contentType(call.Body)}}, fill(call.Body, op.Job)
	}
	return req, target != ""
}

func (d *rules) destroys() bool { return d.Rules.Cancel.Destroys }
