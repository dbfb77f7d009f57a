package mockserver

import (
	"hash/maphash"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	shards        = 64
	sweepInterval = time.Second
)

// A store holds the operations by id and the idempotency keys. Both are split
// into shards with a lock each, so that polls of different operations rarely
// meet. Lock order: the shard of a key, then the shard of an operation.
type store struct {
	hash       maphash.Seed
	ids        *ids
	dice       dice
	order      order
	pool       *pool   // nil: there are workers for all
	sealer     *sealer // not nil: nothing is stored, the ids carry everything
	ordinals   atomic.Uint64
	limit      int64
	count      atomic.Int64
	operations [shards]struct {
		sync.Mutex
		byID map[string]*operation
	}
	keys      [shards]names
	resources [shards]names // of the last operation on each
	sweeping  sync.Mutex
	swept     time.Time // guarded by sweeping
}

// names lead to the ids of operations.
type names struct {
	sync.Mutex
	ids map[string]string
}

// forget removes a name if it leads to an operation.
func (n *names) forget(name, id string) {
	n.Lock()
	defer n.Unlock()
	if n.ids[name] == id {
		delete(n.ids, name)
	}
}

func newStore(limit int64, ids *ids) *store {
	st := &store{hash: maphash.MakeSeed(), ids: ids, limit: limit}
	for i := range shards {
		st.operations[i].byID = make(map[string]*operation)
		st.keys[i].ids = make(map[string]string)
		st.resources[i].ids = make(map[string]string)
	}
	return st
}

func (st *store) shard(name string) int {
	return int(maphash.String(st.hash, name) % shards)
}

// visit calls f with the operation, under its lock. It reports whether there is one.
func (st *store) visit(id string, f func(*operation)) bool {
	if st.sealer != nil {
		op, ok := st.sealer.open(id)
		if ok {
			f(op)
		}
		return ok
	}
	shard := &st.operations[st.shard(id)]
	shard.Lock()
	defer shard.Unlock()
	op, ok := shard.byID[id]
	if ok {
		f(op)
	}
	return ok
}

// visitAll calls f with every operation, under its lock.
func (st *store) visitAll(f func(*operation)) {
	for i := range st.operations {
		shard := &st.operations[i]
		shard.Lock()
		for _, op := range shard.byID {
			f(op)
		}
		shard.Unlock()
	}
}

// A verdict is what became of a submit.
type verdict int

const (
	accepted   verdict = iota
	replayed           // the key was seen with this payload: the operation is the old one
	mismatch           // the key was seen with another payload
	full               // no room
	unsealable         // the id cannot carry it
	crowded            // too many wait for a worker
)

// submit stores a new operation, or finds the one that has its key.
func (st *store) submit(sub *submission, now time.Time, scale float64) (view, verdict) {
	if st.sealer != nil {
		return st.addSealed(sub, now, scale)
	}
	room := st.reserve(now)
	v, result := st.submitReserved(sub, now, scale, room)
	if room && result != accepted {
		st.count.Add(-1)
	}
	return v, result
}

func (st *store) submitReserved(sub *submission, now time.Time, scale float64, room bool) (view, verdict) {
	if sub.key == "" {
		if !room {
			return view{}, full
		}
		return st.add(sub, now, scale)
	}
	// One lock from the look to the entry: of concurrent submits with one
	// key exactly one makes the operation.
	shard := &st.keys[st.shard(sub.key)]
	shard.Lock()
	defer shard.Unlock()
	if v, result, ok := st.replay(shard.ids[sub.key], sub, now, scale); ok {
		return v, result
	}
	if !room {
		return view{}, full
	}
	v, result := st.add(sub, now, scale)
	if result == accepted {
		shard.ids[sub.key] = v.id
	}
	return v, result
}

// replay answers for the operation that the key of sub made before. There is
// none if it is past its retention: then the key is free again.
func (st *store) replay(id string, sub *submission, now time.Time, scale float64) (v view, result verdict, ok bool) {
	st.visit(id, func(op *operation) {
		switch {
		case op.look(now).gone:
			return
		case op.payload != sub.payload:
			v, result = op.look(now), mismatch
		default:
			v, result = op.submit(now, scale), replayed
		}
		ok = true
	})
	return v, result, ok
}

// add makes an operation of a submission, unless the queue is full.
func (st *store) add(sub *submission, now time.Time, scale float64) (view, verdict) {
	op := &operation{submission: sub, accepted: now, cancelled: -1}
	st.number(op)
	if st.pool != nil {
		busy := op.run
		if sub.scenario.Outcome == OutcomeNever {
			busy = never
		}
		ok := true
		if sub.hold {
			op.job = st.pool.park(now, busy)
		} else if op.job, ok = st.pool.enter(now, sub.scenario.queue(), busy); !ok {
			return view{}, crowded
		}
	}
	op.id = st.ids.next()
	if sub.dialect.has(numbersIDs) {
		op.id = strconv.FormatUint(op.ordinal, 10)
	}
	if sub.hold {
		op.holdBack()
	}
	if sub.resource != "" {
		st.bind(sub.resource, op.id)
	}
	v := op.submit(now, scale)
	st.order.add(op) // first, so that whoever removes it finds it there
	shard := &st.operations[st.shard(op.id)]
	shard.Lock()
	defer shard.Unlock()
	shard.byID[op.id] = op
	return v, accepted
}

// bind makes an operation the last on a resource.
func (st *store) bind(resource, id string) {
	shard := &st.resources[st.shard(resource)]
	shard.Lock()
	defer shard.Unlock()
	shard.ids[resource] = id
}

// bound is the id of the last operation on a resource, or empty.
func (st *store) bound(resource string) string {
	shard := &st.resources[st.shard(resource)]
	shard.Lock()
	defer shard.Unlock()
	return shard.ids[resource]
}

// number gives an operation its ordinal, and with it its run time.
func (st *store) number(op *operation) {
	op.ordinal = st.ordinals.Add(1)
	op.run = op.scenario.Distribution.Quantile(op.scenario.duration(), st.dice.float(runTimes, op.ordinal))
}

// reserve takes room for one operation, by removing expired ones if it must.
func (st *store) reserve(now time.Time) bool {
	for range 2 {
		if st.count.Add(1) <= st.limit {
			return true
		}
		st.count.Add(-1)
		st.sweep(now)
	}
	return false
}

// sweep removes the operations that are past their retention, at most once in
// sweepInterval: a full store must not make every submit a search.
func (st *store) sweep(now time.Time) {
	st.sweeping.Lock()
	defer st.sweeping.Unlock()
	if now.Sub(st.swept) < sweepInterval {
		return
	}
	st.swept = now
	var freed []*operation
	for i := range st.operations {
		shard := &st.operations[i]
		shard.Lock()
		for id, op := range shard.byID {
			if op.look(now).gone {
				delete(shard.byID, id)
				freed = append(freed, op)
			}
		}
		shard.Unlock()
	}
	for _, op := range freed {
		st.order.remove(op)
		st.keys[st.shard(op.key)].forget(op.key, op.id)
		st.resources[st.shard(op.resource)].forget(op.resource, op.id)
	}
	st.count.Add(-int64(len(freed)))
}
