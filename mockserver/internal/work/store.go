package work

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

// A Store holds the operations by id and the idempotency keys. Both are split
// into shards with a lock each, so that polls of different operations rarely
// meet. Lock order: the shard of a key, then the shard of an operation.
type Store struct {
	hash       maphash.Seed
	ids        *IDs
	Dice       Dice
	Order      Order
	Pool       *Pool   // nil: there are workers for all
	Sealer     *Sealer // not nil: nothing is stored, the ids carry everything
	ordinals   atomic.Uint64
	Limit      int64
	Count      atomic.Int64
	operations [shards]struct {
		sync.Mutex
		byID map[string]*Operation
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

func NewStore(limit int64, ids *IDs) *Store {
	st := &Store{hash: maphash.MakeSeed(), ids: ids, Limit: limit}
	for i := range shards {
		st.operations[i].byID = make(map[string]*Operation)
		st.keys[i].ids = make(map[string]string)
		st.resources[i].ids = make(map[string]string)
	}
	return st
}

func (st *Store) shard(name string) int {
	return int(maphash.String(st.hash, name) % shards)
}

// Visit calls f with the operation, under its lock. It reports whether there is one.
func (st *Store) Visit(id string, f func(*Operation)) bool {
	if st.Sealer != nil {
		op, ok := st.Sealer.open(id)
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

// VisitAll calls f with every operation, under its lock.
func (st *Store) VisitAll(f func(*Operation)) {
	for i := range st.operations {
		shard := &st.operations[i]
		shard.Lock()
		for _, op := range shard.byID {
			f(op)
		}
		shard.Unlock()
	}
}

// A Verdict is what became of a submit.
type Verdict int

const (
	Accepted   Verdict = iota
	Replayed           // the key was seen with this payload: the operation is the old one
	Mismatch           // the key was seen with another payload
	Full               // no room
	Unsealable         // the id cannot carry it
	Crowded            // too many wait for a worker
)

// Submit stores a new operation, or finds the one that has its key.
func (st *Store) Submit(sub *Submission, now time.Time, scale float64) (View, Verdict) {
	if st.Sealer != nil {
		return st.addSealed(sub, now, scale)
	}
	room := st.reserve(now)
	v, result := st.submitReserved(sub, now, scale, room)
	if room && result != Accepted {
		st.Count.Add(-1)
	}
	return v, result
}

func (st *Store) submitReserved(sub *Submission, now time.Time, scale float64, room bool) (View, Verdict) {
	if sub.Key == "" {
		if !room {
			return View{}, Full
		}
		return st.add(sub, now, scale)
	}
	// One lock from the look to the entry: of concurrent submits with one
	// key exactly one makes the operation.
	shard := &st.keys[st.shard(sub.Key)]
	shard.Lock()
	defer shard.Unlock()
	if v, result, ok := st.replay(shard.ids[sub.Key], sub, now, scale); ok {
		return v, result
	}
	if !room {
		return View{}, Full
	}
	v, result := st.add(sub, now, scale)
	if result == Accepted {
		shard.ids[sub.Key] = v.ID
	}
	return v, result
}

// replay answers for the operation that the key of sub made before. There is
// none if it is past its retention: then the key is free again.
func (st *Store) replay(id string, sub *Submission, now time.Time, scale float64) (v View, result Verdict, ok bool) {
	st.Visit(id, func(op *Operation) {
		switch {
		case op.Look(now).Gone:
			return
		case op.Payload != sub.Payload:
			v, result = op.Look(now), Mismatch
		default:
			v, result = op.submit(now, scale), Replayed
		}
		ok = true
	})
	return v, result, ok
}

// add makes an operation of a submission, unless the queue is full.
func (st *Store) add(sub *Submission, now time.Time, scale float64) (View, Verdict) {
	op := &Operation{Submission: sub, Accepted: now, cancelled: -1}
	st.number(op)
	if st.Pool != nil {
		busy := op.run
		if sub.Scenario.Outcome == OutcomeNever {
			busy = never
		}
		ok := true
		if sub.Hold {
			op.job = st.Pool.park(now, busy)
		} else if op.job, ok = st.Pool.enter(now, sub.Scenario.queue(), busy); !ok {
			return View{}, Crowded
		}
	}
	op.ID = st.ids.next()
	if sub.Manner.Numbers {
		op.ID = strconv.FormatUint(op.Ordinal, 10)
	}
	if sub.Hold {
		op.holdBack()
	}
	if sub.Resource != "" {
		st.bind(sub.Resource, op.ID)
	}
	v := op.submit(now, scale)
	st.Order.add(op) // first, so that whoever removes it finds it there
	shard := &st.operations[st.shard(op.ID)]
	shard.Lock()
	defer shard.Unlock()
	shard.byID[op.ID] = op
	return v, Accepted
}

// bind makes an operation the last on a resource.
func (st *Store) bind(resource, id string) {
	shard := &st.resources[st.shard(resource)]
	shard.Lock()
	defer shard.Unlock()
	shard.ids[resource] = id
}

// Bound is the id of the last operation on a resource, or empty.
func (st *Store) Bound(resource string) string {
	shard := &st.resources[st.shard(resource)]
	shard.Lock()
	defer shard.Unlock()
	return shard.ids[resource]
}

// number gives an operation its ordinal, and with it its run time.
func (st *Store) number(op *Operation) {
	op.Ordinal = st.ordinals.Add(1)
	op.run = op.Scenario.Distribution.Quantile(op.Scenario.duration(), st.Dice.Float(runTimes, op.Ordinal))
}

// reserve takes room for one operation, by removing expired ones if it must.
func (st *Store) reserve(now time.Time) bool {
	for range 2 {
		if st.Count.Add(1) <= st.Limit {
			return true
		}
		st.Count.Add(-1)
		st.sweep(now)
	}
	return false
}

// sweep removes the operations that are past their retention, at most once in
// sweepInterval: a full store must not make every submit a search.
func (st *Store) sweep(now time.Time) {
	st.sweeping.Lock()
	defer st.sweeping.Unlock()
	if now.Sub(st.swept) < sweepInterval {
		return
	}
	st.swept = now
	var freed []*Operation
	for i := range st.operations {
		shard := &st.operations[i]
		shard.Lock()
		for id, op := range shard.byID {
			if op.Look(now).Gone {
				delete(shard.byID, id)
				freed = append(freed, op)
			}
		}
		shard.Unlock()
	}
	for _, op := range freed {
		st.Order.remove(op)
		st.keys[st.shard(op.Key)].forget(op.Key, op.ID)
		st.resources[st.shard(op.Resource)].forget(op.Resource, op.ID)
	}
	st.Count.Add(-int64(len(freed)))
}

// Reset forgets all operations and keys, and begins the ids and the numbers anew
// with a seed.
func (st *Store) Reset(seed uint64) {
	for i := range shards {
		operations := &st.operations[i]
		operations.Lock()
		operations.byID = make(map[string]*Operation)
		operations.Unlock()
		for _, n := range []*names{&st.keys[i], &st.resources[i]} {
			n.Lock()
			n.ids = make(map[string]string)
			n.Unlock()
		}
	}
	st.Order.reset()
	st.ordinals.Store(0)
	st.Count.Store(0)
	st.ids.reset(seed)
	if st.Pool != nil {
		st.Pool.reset()
	}
}
