package lro

import (
	"slices"
	"time"
)

// Policy is how patient and how trusting [Next] is. The zero value is the default; a nil *Policy in
// an [Operation] is the zero value. It is shared between operations: treat it as read-only.
type Policy struct {
	// Misses is how many polls in a row may fail in passing (5xx, 408, 425, 429, no connection)
	// before the operation is given up as lost. 0: 10. Negative: none.
	Misses int
	// MissTime ends a row of at least three such polls that lasts longer. 0: 5 minutes.
	MissTime time.Duration
	// Grace is how long after the 202, and before the first status was read, a 404 at the status URL
	// only means "not yet"; the same for a result. 0: 30 s. Negative: none.
	Grace time.Duration
	// GracePolls bounds the same by number. 0: 5. Negative: none.
	GracePolls int
	// Resends is how often a submit may be sent again where that is safe: after a 429, or where the
	// method is idempotent or the request carries an Idempotency-Key. 0: 3. Negative: never.
	Resends int
	// ResendUnsafe allows it for every submit. Whoever sets it accepts a second operation.
	ResendUnsafe bool
	// Key is where the API takes an idempotency key, if not in Idempotency-Key: the name of a header
	// field, or "/member" of the content. A submit that carries it may be sent again.
	Key string
	// Hops bounds the redirects of one logical request. 0: 10.
	Hops int
	// Moves bounds how often the status URL of one operation may change. 0: 50.
	Moves int
	// AllowDowngrade permits hops from https to http.
	AllowDowngrade bool
	// MaxHint caps what the server asks for with Retry-After. The person who sets it accepts early
	// polls. 0: no cap below [MaxHint].
	MaxHint time.Duration
	// LongPoll is how long a server may hold the answer to a poll until something changes. It is asked
	// for in the dialect's own way, else by Prefer: wait (RFC 7240, section 4.3), in whole seconds. 0:
	// it is not asked for.
	LongPoll time.Duration
	// ResultFrom says where the result of a success is, for an API that leaves it open.
	ResultFrom ResultFrom
	// AllowPartial makes a success of an operation that did a part of its work.
	AllowPartial bool
	// Carry names query parameters of the submit's URL that a status URL of the same origin gets where
	// it lacks them.
	Carry []string
	// Trust lists origins (https://host[:port]), besides that of the request itself, that may
	// receive the content of a submit by a 307 or 308 redirect.
	Trust []string
}

var defaultPolicy Policy

func (op *Operation) policy() *Policy {
	if op.Policy == nil {
		return &defaultPolicy
	}
	return op.Policy
}

// bound returns n, its default when it is 0, and 0 when it is negative.
func bound[T int | time.Duration](n, fallback T) T {
	switch {
	case n == 0:
		return fallback
	case n < 0:
		return 0
	}
	return n
}

func (p *Policy) misses() int             { return bound(p.Misses, 10) }
func (p *Policy) missTime() time.Duration { return bound(p.MissTime, 5*time.Minute) }
func (p *Policy) grace() time.Duration    { return bound(p.Grace, 30*time.Second) }
func (p *Policy) gracePolls() int         { return bound(p.GracePolls, 5) }
func (p *Policy) resends() int            { return bound(p.Resends, 3) }
func (p *Policy) hops() int               { return bound(p.Hops, 10) }
func (p *Policy) moves() int              { return bound(p.Moves, 50) }

func (p *Policy) trusts(origin string) bool { return slices.Contains(p.Trust, origin) }
