package dialect

import (
	"errors"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Auto is the dialect that the answer to the submit gives away, by the first of the marks that fits;
// without one it is the generic pattern. From then on it reads with the dialect that the operation
// names, so it goes on after a restart from a handle.
//
// The cue that it leaves in the operation begins with "strong: " or "weak: ". A weak one is good
// for reading: it does not make a success of what HTTP would not call one, and nothing is called
// off on its strength.
type Auto struct{}

// Prepare returns the request as it is: what a family wants to see in a submit is not known yet.
func (Auto) Prepare(req lro.Request) lro.Request { return req }

// Read tells the dialect by the answer to a submit, and reads with it.
func (Auto) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	if op.Phase == lro.Submitting {
		if got, ok := recognise(op, r); ok {
			return got, nil
		}
		return lro.Generic{}.Read(op, r)
	}
	if looksLikeJob(&op, r) { // it is the answer to the GET behind a 303 that gives this one away
		op.Dialect = "uws"
		d, _ := ByName(op.Dialect)
		got, err := d.Read(op, r)
		if got.State != lro.StateUnknown {
			got.Dialect, got.Cue = op.Dialect, uwsCue
		}
		return got, err
	}
	d, ok := ByName(op.Dialect)
	if !ok {
		return lro.Reading{}, errors.New("there is no dialect of the name " + op.Dialect)
	}
	got, err := d.Read(op, r)
	if got.State == lro.StateSucceeded && r.Status/100 != 2 && !Sure(op) {
		got = lro.Reading{}
	}
	return got, err
}

// Ask asks as the dialect of the operation does.
func (Auto) Ask(op lro.Operation) lro.Request {
	d, _ := ByName(op.Dialect)
	if a, ok := d.(lro.Asker); ok {
		return a.Ask(op)
	}
	return op.Next
}

// FetchAs asks for the result as the dialect of the operation does.
func (Auto) FetchAs(op lro.Operation) lro.Request {
	d, _ := ByName(op.Dialect)
	if f, ok := d.(lro.Fetcher); ok {
		return f.FetchAs(op)
	}
	return op.Next
}

// Cancel is the dialect's where that is sure.
func (Auto) Cancel(op lro.Operation) (lro.Request, bool) {
	d, ok := ByName(op.Dialect)
	if !ok || !Sure(op) {
		return lro.Request{}, false
	}
	return d.Cancel(op)
}

// Sure reports whether the operation's dialect was named by the person or given away by a strong cue.
func Sure(op lro.Operation) bool {
	return op.Cue == CueNamed || op.Cue == CueOwn || strings.HasPrefix(op.Cue, strong)
}

// recognise reads the answer to a submit with the first dialect whose mark it bears; false if there
// is none, or if the dialect can make nothing of the answer.
func recognise(op lro.Operation, r lro.Reply) (lro.Reading, bool) {
	if r.Status/100 != 2 && r.Status != http.StatusSeeOther {
		return lro.Reading{}, false
	}
	a := newAnswer(&op, r)
	for i := range marks {
		m := &marks[i]
		if !m.match(&a) {
			continue
		}
		d, _ := ByName(m.dialect)
		op.Dialect = m.dialect
		got, err := d.Read(op, r)
		if err != nil || got.State.Terminal() && !m.sure {
			return lro.Reading{}, false
		}
		if _, err := lro.Resolve(op.Next.URL, got.StatusURL); err != nil && !got.State.Terminal() && got.StatusURL != "" && !errors.Is(err, lro.ErrDowngrade) {
			return lro.Reading{}, false // a header of that name that holds no URL
		}
		got.Dialect, got.Cue = m.dialect, m.text
		return got, true
	}
	return lro.Reading{}, false
}
