package loadtest

import (
	"encoding/binary"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// codec turns an operation that is merely being polled into a slot and back. Anything out of the
// ordinary (a redirect that is being followed, a result that is being fetched) it declines; such
// operations are few at a time and kept as they are.
type codec struct {
	start   time.Time
	dialect lro.Dialect
	asks    bool // a poll is more than a GET of the status URL: the dialect says what
	policy  *lro.Policy
	slots   slab
	blobs   blobs

	kin      interned[kin]
	words    interned[string]
	prefixes interned[string]

	// What an unpacked operation points into, until the next one is unpacked.
	url    []byte
	header http.Header
	etag   []string
	was    texts
	blob   []byte
}

// kin is what operations of one run have in common.
type kin struct{ dialect, cue, method, submitURL, home string }

// texts are what an operation has to itself.
type texts struct{ status, etag, message, result, cancel, promised, location, job string }

// interned numbers values, as many as fit.
type interned[T comparable] struct {
	numbers map[T]uint16
	values  []T
}

const maxInterned = 1 << 12

func (n *interned[T]) number(v T) (uint16, bool) {
	if i, ok := n.numbers[v]; ok {
		return i, true
	}
	if len(n.values) >= maxInterned {
		return 0, false
	}
	if n.numbers == nil {
		n.numbers = map[T]uint16{}
	}
	i := uint16(len(n.values))
	n.numbers[v] = i
	n.values = append(n.values, v)
	return i, true
}

func newCodec(start time.Time, d lro.Dialect, policy *lro.Policy) *codec {
	c := &codec{start: start, dialect: d, policy: policy, etag: make([]string, 1)}
	if _, plain := d.(lro.Generic); !plain || policy != nil && policy.LongPoll > 0 {
		_, c.asks = d.(lro.Asker)
	}
	c.header = http.Header{"If-None-Match": c.etag}
	return c
}

// moment turns a time into nanoseconds since the start.
func (c *codec) moment(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return int64(t.Sub(c.start))
}

func (c *codec) time(moment int64) time.Time {
	if moment == never {
		return time.Time{}
	}
	return c.start.Add(time.Duration(moment))
}

// pack keeps op in the slot; false if it is not of the ordinary kind.
func (c *codec) pack(s *slot, op *lro.Operation) bool {
	if !c.ordinary(op) {
		return false
	}
	native, ok := c.word(op.Native)
	if !ok {
		return false
	}
	if s.stage != compact || !c.akin(s, op) {
		if !c.adopt(s, op) {
			return false
		}
	}
	now := texts{op.StatusURL, op.ETag, op.Progress.Message, op.ResultURL, op.CancelURL, op.PromisedURL, op.Location, op.Job}
	if s.stage != compact || now != c.was {
		if !c.write(s, &now) {
			return false
		}
	}
	s.accepted, s.floor, s.missed = c.moment(op.Accepted), c.moment(op.NotBefore), c.moment(op.MissedSince)
	s.hint, s.percent = int64(op.Hint), op.Progress.Percent
	s.polls, s.misses, s.moves, s.resend = uint32(op.Polls), uint16(op.Misses), uint8(op.Moves), uint8(op.Resends)
	s.native, s.state, s.style, s.note = native, uint8(op.State), uint8(op.Style), uint8(op.HintNote)
	s.queue = int32(op.Progress.Queue)
	s.flags &^= isHinted | isCancelSent | isPercentKnown | isInQueue
	s.flags |= flag(op.Hinted, isHinted) | flag(op.CancelSent, isCancelSent) | flag(op.Progress.Known, isPercentKnown) | flag(op.Progress.InQueue, isInQueue)
	s.stage = compact
	return true
}

func flag(is bool, f slotFlags) slotFlags {
	if is {
		return f
	}
	return 0
}

// ordinary says whether a slot can hold everything that there is to know.
func (c *codec) ordinary(op *lro.Operation) bool {
	return op.Phase == lro.Polling && op.Hops == 0 && op.Problem == nil && op.Outcome == lro.Undecided && op.Reason == "" &&
		op.Inline == "" && !op.Enclosed && !op.Repeats() && (c.asks || plainPoll(op)) && op.Progress.Queue == int(int32(op.Progress.Queue)) &&
		op.Polls >= 0 && op.Polls <= math.MaxInt32 && op.Misses >= 0 && op.Misses < 1<<16 && op.Moves < 1<<8 && op.Resends < 1<<8
}

// plainPoll says whether the next request is a GET of the status URL, with its validator if there is one.
func plainPoll(op *lro.Operation) bool {
	next := &op.Next
	return next.Method == http.MethodGet && next.URL == op.StatusURL && len(next.Body) == 0 && len(next.Header) <= 1 &&
		next.Header.Get("If-None-Match") == op.ETag && (len(next.Header) == 1) == (op.ETag != "")
}

// word numbers a state in the server's word, which may lie in a buffer.
func (c *codec) word(native string) (uint16, bool) {
	if i, ok := c.words.numbers[native]; ok {
		return i, true
	}
	return c.words.number(strings.Clone(native))
}

// akin says whether the slot's family is still op's.
func (c *codec) akin(s *slot, op *lro.Operation) bool {
	k := &c.kin.values[s.kin]
	return k.dialect == op.Dialect && k.cue == op.Cue && k.submitURL == op.SubmitURL && k.home == op.Home && k.method == op.SubmitMethod
}

func (c *codec) adopt(s *slot, op *lro.Operation) bool {
	k := kin{op.Dialect, op.Cue, op.SubmitMethod, op.SubmitURL, op.Home}
	if _, ok := c.kin.numbers[k]; !ok { // its strings may live in a buffer
		k = kin{strings.Clone(k.dialect), strings.Clone(k.cue), k.method, strings.Clone(k.submitURL), strings.Clone(k.home)}
	}
	var ok bool
	s.kin, ok = c.kin.number(k)
	return ok
}

// write puts the texts into the slot's blob: a byte that says which there are, then each with its
// length. Of the status URL only what follows the prefix.
func (c *codec) write(s *slot, now *texts) bool {
	prefix, ok := c.prefix(now.status)
	if !ok {
		return false
	}
	b := append(c.blob[:0], 0)
	for i, v := range [...]string{now.status[len(c.prefixes.values[prefix]):], now.etag, now.message, now.result, now.cancel, now.promised, now.location, now.job} {
		if v != "" {
			b[0] |= 1 << i
			b = binary.AppendUvarint(b, uint64(len(v)))
			b = append(b, v...)
		}
	}
	c.blob = b
	if len(b) > maxBlob {
		return false
	}
	if s.length == 0 || units(int(s.length)) != units(len(b)) {
		c.drop(s)
		s.blob = c.blobs.take(len(b))
	}
	s.length, s.prefix = uint16(len(b)), prefix
	copy(c.blobs.at(s.blob, len(b)), b)
	return true
}

// drop gives the slot's blob back.
func (c *codec) drop(s *slot) {
	c.blobs.give(s.blob, int(s.length))
	s.blob, s.length = 0, 0
}

// deepPrefixes is how many prefixes may be more than an origin: if each status URL has one of its
// own, there is nothing to share.
const deepPrefixes = 256

// prefix numbers the part of a status URL that others are likely to have too: up to the last slash.
func (c *codec) prefix(url string) (uint16, bool) {
	origin := len(url) - len(afterOrigin(url))
	path, _, _ := strings.Cut(url, "?")
	deep := max(strings.LastIndexByte(path, '/')+1, origin)
	if i, ok := c.prefixes.numbers[url[:deep]]; ok {
		return i, true
	}
	if len(c.prefixes.values) < deepPrefixes {
		return c.prefixes.number(strings.Clone(url[:deep]))
	}
	if i, ok := c.prefixes.numbers[url[:origin]]; ok {
		return i, true
	}
	return c.prefixes.number(strings.Clone(url[:origin]))
}

// unpack restores the operation into op, whose strings are valid until the next call, and until the
// slot is packed again.
func (c *codec) unpack(s *slot, op *lro.Operation) {
	k := &c.kin.values[s.kin]
	c.was = c.read(s)
	*op = lro.Operation{
		Dialect: k.dialect, Cue: k.cue, Phase: lro.Polling, State: lro.State(s.state), Native: c.words.values[s.native],
		Progress:     lro.Progress{Known: s.flags&isPercentKnown != 0, Percent: s.percent, Message: c.was.message, InQueue: s.flags&isInQueue != 0, Queue: int(s.queue)},
		Style:        lro.Style(s.style),
		SubmitMethod: k.method, SubmitURL: k.submitURL, Home: k.home, Accepted: c.time(s.accepted),
		StatusURL: c.was.status, ResultURL: c.was.result, CancelURL: c.was.cancel, PromisedURL: c.was.promised,
		Location: c.was.location, Job: c.was.job,
		Next:      lro.Request{Method: http.MethodGet, URL: c.was.status},
		NotBefore: c.time(s.floor), Hint: time.Duration(s.hint), Hinted: s.flags&isHinted != 0, HintNote: lro.HintNote(s.note),
		ETag: c.was.etag, Polls: int(s.polls), Misses: int(s.misses), MissedSince: c.time(s.missed),
		Moves: int(s.moves), Resends: int(s.resend), CancelSent: s.flags&isCancelSent != 0, Policy: c.policy,
	}
	if c.was.etag != "" {
		c.etag[0] = c.was.etag
		op.Next.Header = c.header
	}
	if c.asks {
		*op = lro.Ready(c.dialect, *op)
	}
}

// read returns the slot's texts; they point into the blob, and the status URL into c.url.
func (c *codec) read(s *slot) texts {
	b := c.blobs.at(s.blob, int(s.length))
	var all [8]string
	mask := b[0]
	b = b[1:]
	for i := 0; mask != 0; i, mask = i+1, mask>>1 {
		if mask&1 == 0 {
			continue
		}
		n, used := binary.Uvarint(b)
		all[i] = text(b[used : used+int(n)])
		b = b[used+int(n):]
	}
	c.url = append(append(c.url[:0], c.prefixes.values[s.prefix]...), all[0]...)
	return texts{text(c.url), all[1], all[2], all[3], all[4], all[5], all[6], all[7]}
}
