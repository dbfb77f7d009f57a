package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

// coded is a built-in dialect that is partly Go; with returns its code over other rules.
type coded interface {
	lro.Dialect
	with(r rules) lro.Dialect
}

func (d *azureMonitor) with(r rules) lro.Dialect     { return &azureMonitor{r} }
func (d *armResource) with(r rules) lro.Dialect      { return &armResource{r} }
func (d *durable) with(r rules) lro.Dialect          { return &durable{r} }
func (d *esTask) with(r rules) lro.Dialect           { return &esTask{r} }
func (d *asyncSearch) with(r rules) lro.Dialect      { return &asyncSearch{r} }
func (d *fhir) with(r rules) lro.Dialect             { return &fhir{r} }
func (d *googleOperation) with(r rules) lro.Dialect  { return &googleOperation{r} }
func (d *computeOperation) with(r rules) lro.Dialect { return &computeOperation{r} }
func (d *jenkins) with(r rules) lro.Dialect          { return &jenkins{r} }
func (d *falQueue) with(r rules) lro.Dialect         { return &falQueue{r} }
func (d *messageBatch) with(r rules) lro.Dialect     { return &messageBatch{r} }
func (d *odata) with(r rules) lro.Dialect            { return &odata{r} }
func (d *osb) with(r rules) lro.Dialect              { return &osb{r} }
func (d *redfish) with(r rules) lro.Dialect          { return &redfish{r} }
func (d *uws) with(r rules) lro.Dialect              { return &uws{r} }

// given says which sections rules have of their own beside the dialect that they are like.
type given struct{ job, status, state, progress, result, cancel bool }

// likened is a built-in dialect of which some sections are somebody's own. The built-in's code reads
// the answers, and what is given wins over what the code makes of them.
type likened struct {
	rules             // the two together
	base  lro.Dialect // the built-in's code over them
	given given
}

func newLikened(own Rules) *likened {
	d := &likened{}
	d.Rules, d.given = own.over()
	d.rules.own = true
	d.base = &d.rules
	if b, _ := ByName(own.Like); b != nil {
		if c, ok := b.(coded); ok {
			d.base = c.with(d.rules)
		}
	}
	return d
}

// over returns the rules with what they leave out taken from the dialect that they are like.
func (d Rules) over() (Rules, given) {
	all, known := Base(d.Like)
	if !known {
		return d, given{}
	}
	all.Name, all.Like = d.Name, d.Like
	all.Header, all.Query = mergedText(all.Header, d.Header), mergedText(all.Query, d.Query)
	if len(d.Accept) > 0 {
		all.Accept = d.Accept
	}
	if d.Key != "" {
		all.Key = d.Key
	}
	var g given
	if g.job = d.Job != ""; g.job {
		all.Job = d.Job
	}
	if g.status = len(d.Status) > 0 || len(d.Handover) > 0 || d.Poll.given(); g.status {
		all.Status, all.Handover, all.Poll = d.Status, d.Handover, d.Poll
	}
	if len(d.Carry) > 0 {
		all.Carry = d.Carry
	}
	if d.State != "" || len(d.Statuses) > 0 || len(d.Gone) > 0 {
		g.state = true
		all.State, all.Words, all.Others, all.Absent = d.State, d.Words, d.Others, d.Absent
		all.Statuses, all.Gone = d.Statuses, d.Gone
	}
	if d.Outcome.At != "" {
		g.state, all.Outcome = true, d.Outcome
	}
	if len(d.Failure) > 0 {
		g.state, all.Failure = true, d.Failure
	}
	if len(d.Partial) > 0 {
		g.state, all.Partial = true, d.Partial
	}
	if g.progress = d.Progress != "" || d.Message != "" || d.Queue != ""; g.progress {
		all.Progress, all.Total, all.Scale, all.Message, all.Queue = d.Progress, d.Total, d.Scale, d.Message, d.Queue
	}
	if g.result = len(d.Result) > 0 || d.Inline != "" || d.Files != "" || d.NoResult; g.result {
		all.Result, all.Inline, all.Files, all.NoResult, all.Fetch = d.Result, d.Inline, d.Files, d.NoResult, d.Fetch
	}
	if g.cancel = d.Cancel.None || d.Cancel.Method != ""; g.cancel {
		all.Cancel = d.Cancel
	}
	return all, g
}

// Whole returns the rules with what they leave out taken from the dialect that they are like.
func (d Rules) Whole() Rules {
	all, _ := d.over()
	return all
}

func (p Poll) given() bool {
	return p.Method != "" || len(p.Header) > 0 || len(p.Query) > 0 || p.Body != "" || p.Repeat || p.Wait != ""
}

func mergedText(under, over map[string]string) map[string]string {
	if len(over) == 0 {
		return under
	}
	all := map[string]string{}
	for _, m := range []map[string]string{under, over} {
		for name, v := range m {
			all[name] = v
		}
	}
	return all
}

// Base returns the rules of a built-in dialect, also those of one that is partly code; false for the
// generic one and for a name that is none.
func Base(name string) (Rules, bool) {
	d, _ := ByName(name)
	r, ok := d.(interface{ ruled() *Rules })
	if !ok {
		return Rules{}, false
	}
	return *r.ruled(), true
}

// Prepare adds what the family wants to see in the submit.
func (d *likened) Prepare(req lro.Request) lro.Request { return d.base.Prepare(req) }

// Read says what the reply means.
func (d *likened) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.base.Read(op, r)
	own, ownErr := d.rules.Read(op, r)
	got.Dialect, got.Cue = own.Dialect, own.Cue
	if d.given.job {
		got.Job, got.JobNumber = own.Job, own.JobNumber
	}
	if d.given.status {
		got.StatusURL, got.Repeat = own.StatusURL, own.Repeat
		if op.Phase == lro.Submitting {
			err = ownErr
		}
	}
	if d.given.state && op.Phase != lro.Fetching {
		err = ownErr
		ref, inline, enclosed := got.ResultURL, got.Inline, got.Enclosed
		succeeded := got.State == lro.StateSucceeded
		got.Status, got.State, got.Native, got.Problem = own.Status, own.State, own.Native, own.Problem
		got.Unreadable, got.Refused = own.Unreadable, own.Refused
		got.ResultURL, got.Inline, got.Enclosed = own.ResultURL, own.Inline, own.Enclosed
		if succeeded && own.State == lro.StateSucceeded {
			got.ResultURL, got.Inline, got.Enclosed = ref, inline, enclosed
		}
	}
	if d.given.progress {
		got.Progress = d.rules.progress(&op, r)
	}
	if d.given.result {
		d.ownResult(&got, own, &op, r)
	}
	if d.given.cancel {
		got.CancelURL = own.CancelURL
	}
	return got, err
}

// ownResult makes the result that of the section given.
func (d *likened) ownResult(got *lro.Reading, own lro.Reading, op *lro.Operation, r lro.Reply) {
	switch {
	case op.Phase == lro.Fetching:
	case got.State == lro.StateSucceeded || got.State == lro.StatePartial:
		got.ResultURL, got.Inline, got.Enclosed = "", "", false
		d.rules.locate(got, op, r)
	default:
		got.ResultURL = own.ResultURL
	}
}

// Ask returns the poll as the section given, or the family, wants it.
func (d *likened) Ask(op lro.Operation) lro.Request {
	if a, ok := d.base.(lro.Asker); ok && !d.given.status {
		return a.Ask(op)
	}
	return d.rules.Ask(op)
}

// FetchAs returns the request for the result as the section given, or the family, wants it.
func (d *likened) FetchAs(op lro.Operation) lro.Request {
	if f, ok := d.base.(lro.Fetcher); ok && !d.given.result {
		return f.FetchAs(op)
	}
	return d.rules.FetchAs(op)
}

// Cancel returns the request that cancels op.
func (d *likened) Cancel(op lro.Operation) (lro.Request, bool) {
	if d.given.cancel {
		return d.rules.Cancel(op)
	}
	return d.base.Cancel(op)
}
