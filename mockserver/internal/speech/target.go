package speech

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Target is what a request asks for.
type Target struct {
	Phase Phase  // onSubmit, onPoll, onCancel or onResult; 0 for anything else
	ID    string // of the operation, if it is about one
	Part  string // which of its resources, in the words of the dialect
	// Handover tells that a poll leads to the next status URL and is not told
	// the end.
	Handover  bool
	Hold      string            // how the request asks to be held, in the words of a shape
	UntilDone bool              // it is held until the end
	Other     func(x *Exchange) // answers what is in no phase; nil is 404
	Allow     string            // the methods that the resource takes, if it does not take this one
}

// NotAllowed is the target of a method that the resource does not take.
func NotAllowed(allow string) Target { return Target{Allow: allow} }

func IsGet(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// Visit calls f with the operation that the request is about, under its lock. It
// reports whether there is one, which speaks this dialect.
func (x *Exchange) Visit(f func(*work.Operation)) bool {
	found := false
	x.Host.Store.Visit(x.Target.ID, func(op *work.Operation) {
		if found = op.Manner == &x.Dialect.Manner; found {
			f(op)
		}
	})
	return found
}

// started is when the operation of the request began to run, if it did.
func (x *Exchange) started() (at time.Time, ok bool) {
	x.Visit(func(op *work.Operation) {
		queue := op.Plan().Queue
		at, ok = op.Accepted.Add(queue), op.RanBy(x.Now, queue)
	})
	return at, ok
}

// maxListed bounds how many operations a list has.
const maxListed = 1000

// operations are those of the dialect that are kept, the oldest first.
func (x *Exchange) operations() []work.View {
	var all []work.View
	x.Host.Store.VisitAll(func(op *work.Operation) {
		if v := op.Look(x.Now); op.Manner == &x.Dialect.Manner && !v.Gone {
			all = append(all, v)
		}
	})
	slices.SortFunc(all, func(a, b work.View) int { return cmp.Or(a.Accepted.Compare(b.Accepted), cmp.Compare(a.ID, b.ID)) })
	return all[:min(len(all), maxListed)]
}

// A Phase is a set of the kinds of requests.
type Phase uint8

const (
	OnSubmit Phase = 1 << iota
	OnPoll
	OnCancel
	OnResult
	OnOther // whatever names no operation
	OnAny   = OnSubmit | OnPoll | OnCancel | OnResult | OnOther
)

var phaseNames = []string{"submits", "polls", "cancellations", "results", "other requests"}

// String returns the names in p, or "all requests".
func (p Phase) String() string {
	if p == OnAny {
		return "all requests"
	}
	var names []string
	for i, name := range phaseNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
