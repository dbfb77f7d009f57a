package api

import (
	"sync"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// SharedDialect returns the dialect that all operations of the file share.
func (f *File) SharedDialect() (lro.Dialect, error) { return f.dialect(f.Builtin, f.Rules, "") }

// Dialect returns the operation's dialect. What it reads carries the description along, so that a handle
// is enough to go on.
func (op *Operation) Dialect() (lro.Dialect, error) {
	return op.file.dialect(op.Builtin, op.Rules, op.Name)
}

func (f *File) dialect(builtin string, rules dialect.Rules, operation string) (lro.Dialect, error) {
	about := &lro.Described{API: f.Name, Operation: operation}
	if builtin == "auto" {
		return f.followed(dialect.Auto{}, about), nil
	}
	if builtin != "" {
		d, _ := dialect.ByName(builtin)
		about.Rules = f.builtinJSON(builtin)
		return f.followed(d, about), nil
	}
	d, err := rules.Dialect()
	if err != nil {
		return nil, err
	}
	about.Rules = RulesJSON(f.Name, f.URL, f.Query, rules)
	return f.followed(d, about), nil
}

func (f *File) followed(d lro.Dialect, about *lro.Described) *Followed {
	return &Followed{Asking{d, lro.Origin(f.URL), f.Query}, about}
}

// Followed is the dialect of an operation that a file describes.
type Followed struct {
	Asking
	About *lro.Described
}

// Read says what the reply means, and which description says so.
func (d *Followed) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.Dialect.Read(op, r)
	if op.Described == nil {
		got.Described = d.About
	}
	return got, err
}

// Plain returns the dialect itself, without what a file says about it.
func (d *Followed) Plain() lro.Dialect { return d.Dialect }

// Handed reads each operation with the dialect that its handle holds, and others with Fallback. It may be
// used by several goroutines.
type Handed struct {
	Fallback lro.Dialect
	read     sync.Map // string of the rules -> lro.Dialect
}

func (h *Handed) of(op lro.Operation) lro.Dialect {
	if op.Described == nil || len(op.Described.Rules) == 0 {
		return h.Fallback
	}
	key := string(op.Described.Rules)
	if d, ok := h.read.Load(key); ok {
		return d.(lro.Dialect)
	}
	d, err := ParseRules(op.Described.Rules)
	if err != nil {
		d = broken{h.Fallback, err}
	}
	h.read.Store(key, d)
	return d
}

// Of returns the dialect that reads an operation.
func (h *Handed) Of(op lro.Operation) lro.Dialect { return h.of(op) }

// Prepare returns the submit as the fallback wants it.
func (h *Handed) Prepare(req lro.Request) lro.Request { return h.Fallback.Prepare(req) }

// Read says what the reply means.
func (h *Handed) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	return h.of(op).Read(op, r)
}

// Cancel returns the request that calls op off.
func (h *Handed) Cancel(op lro.Operation) (lro.Request, bool) { return h.of(op).Cancel(op) }

// Ask asks as the operation's dialect does.
func (h *Handed) Ask(op lro.Operation) lro.Request {
	if a, ok := h.of(op).(lro.Asker); ok {
		return a.Ask(op)
	}
	return op.Next
}

// FetchAs asks for the result as the operation's dialect does.
func (h *Handed) FetchAs(op lro.Operation) lro.Request {
	if f, ok := h.of(op).(lro.Fetcher); ok {
		return f.FetchAs(op)
	}
	return op.Next
}

// broken stands for a dialect that cannot be read.
type broken struct {
	lro.Dialect
	err error
}

func (b broken) Read(lro.Operation, lro.Reply) (lro.Reading, error) { return lro.Reading{}, b.err }

func (b broken) Cancel(lro.Operation) (lro.Request, bool) { return lro.Request{}, false }
