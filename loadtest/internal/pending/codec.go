package pending

import (
	"encoding/binary"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Codec turns an operation that is merely being polled into a slot and back. Anything out of the
// ordinary (a redirect that is being followed, a result that is being fetched) it declines; such
// operations are few at a time and kept as they are.
type Codec struct {
	Start   time.Time
	Dialect lro.Dialect
	Asks    bool // a poll is more than a GET of the status URL: the dialect says what
	Policy  *lro.Policy
	Slots   Slab
	Blobs   blobs

	kin      interned[kin]
	words    interned[string]
	Prefixes interned[string]

	// What an unpacked operation points into, until the next one is unpacked.
	url    []byte
	header http.Header
	etag   []string
	was    texts
	blob   []byte
}

// kin is what operations of one run have in common.
type kin struct{ dialect, cue, method, submitURL, home, namedBy string }

// texts are what an operation has to itself.
type texts struct{ Status, Etag, message, result, cancel, promised, location, job string }

// interned numbers values, as many as fit.
type interned[T comparable] struct {
	numbers map[T]uint16
	Values  []T
}

const maxInterned = 1 << 12

func (n *interned[T]) number(v T) (uint16, bool) {
	if i, ok := n.numbers[v]; ok {
		return i, true
	}
	if len(n.Values) >= maxInterned {
		return 0, false
	}
	if n.numbers == nil {
		n.numbers = map[T]uint16{}
	}
	i := uint16(len(n.Values))
	n.numbers[v] = i
	n.Values = append(n.Values, v)
	return i, true
}

func NewCodec(start time.Time, d lro.Dialect, policy *lro.Policy) *Codec {
	c := &Codec{Start: start, Dialect: d, Policy: policy, etag: make([]string, 1)}
	if _, plain := d.(lro.Generic); !plain || policy != nil && policy.LongPoll > 0 {
		_, c.Asks = d.(lro.Asker)
	}
	c.header = http.Header{"If-None-Match": c.etag}
	return c
}

// Moment turns a time into nanoseconds since the start.
func (c *Codec) Moment(t time.Time) int64 {
	if t.IsZero() {
		return Never
	}
	return int64(t.Sub(c.Start))
}

func (c *Codec) Time(moment int64) time.Time {
	if moment == Never {
		return time.Time{}
	}
	return c.Start.Add(time.Duration(moment))
}

// Pack keeps op in the slot; false if it is not of the ordinary kind.
func (c *Codec) Pack(s *Slot, op *lro.Operation) bool {
	if !c.ordinary(op) {
		return false
	}
	native, ok := c.word(op.Native)
	if !ok {
		return false
	}
	if s.Stage != Compact || !c.akin(s, op) {
		if !c.adopt(s, op) {
			return false
		}
	}
	now := texts{op.StatusURL, op.ETag, op.Progress.Message, op.ResultURL, op.CancelURL, op.PromisedURL, op.Location, op.Job}
	if s.Stage != Compact || now != c.was {
		if !c.write(s, &now) {
			return false
		}
	}
	s.Accepted, s.Floor, s.missed = c.Moment(op.Accepted), c.Moment(op.NotBefore), c.Moment(op.MissedSince)
	s.hint, s.percent = int64(op.Hint), op.Progress.Percent
	s.polls, s.misses, s.moves, s.resend = uint32(op.Polls), uint16(op.Misses), uint8(op.Moves), uint8(op.Resends)
	s.native, s.state, s.style, s.note = native, uint8(op.State), uint8(op.Style), uint8(op.HintNote)
	s.queue = int32(op.Progress.Queue)
	s.Flags &^= isHinted | isCancelSent | isPercentKnown | isInQueue | isJobNumber | isDoubtful | isSent
	s.spoken = uint64(op.Spoken)
	s.Flags |= flag(op.Hinted, isHinted) | flag(op.CancelSent, isCancelSent) | flag(op.Progress.Known, isPercentKnown) | flag(op.Progress.InQueue, isInQueue) | flag(op.JobNumber, isJobNumber) | flag(op.Doubtful, isDoubtful) | flag(op.Sent, isSent)
	s.Stage = Compact
	return true
}

func flag(is bool, f slotFlags) slotFlags {
	if is {
		return f
	}
	return 0
}

// ordinary reports whether a slot can hold everything that there is to know.
func (c *Codec) ordinary(op *lro.Operation) bool {
	return op.Phase == lro.Polling && op.Hops == 0 && op.Problem == nil && op.Detail == "" && op.Guesses == 0 && op.Outcome == lro.Undecided && op.Reason == "" &&
		op.Inline == "" && op.Described == nil && !op.Enclosed && !op.Repeats() && (c.Asks || plainPoll(op)) && op.Progress.Queue == int(int32(op.Progress.Queue)) &&
		op.Polls >= 0 && op.Polls <= math.MaxInt32 && op.Misses >= 0 && op.Misses < 1<<16 && op.Moves < 1<<8 && op.Resends < 1<<8
}

// plainPoll reports whether the next request is a GET of the status URL, with its validator if there is one.
func plainPoll(op *lro.Operation) bool {
	next := &op.Next
	return next.Method == http.MethodGet && next.URL == op.StatusURL && len(next.Body) == 0 && len(next.Header) <= 1 &&
		next.Header.Get("If-None-Match") == op.ETag && (len(next.Header) == 1) == (op.ETag != "")
}

// word numbers a state in the server's word, which may lie in a buffer.
func (c *Codec) word(native string) (uint16, bool) {
	if i, ok := c.words.numbers[native]; ok {
		return i, true
	}
	return c.words.number(strings.Clone(native))
}

// akin reports whether the slot's family is still op's.
func (c *Codec) akin(s *Slot, op *lro.Operation) bool {
	k := &c.kin.Values[s.kin]
	return k.dialect == op.Dialect && k.cue == op.Cue && k.submitURL == op.SubmitURL && k.home == op.Home && k.method == op.SubmitMethod && k.namedBy == op.NamedBy
}

func (c *Codec) adopt(s *Slot, op *lro.Operation) bool {
	k := kin{op.Dialect, op.Cue, op.SubmitMethod, op.SubmitURL, op.Home, op.NamedBy}
	if _, ok := c.kin.numbers[k]; !ok { // its strings may live in a buffer
		k = kin{strings.Clone(k.dialect), strings.Clone(k.cue), k.method, strings.Clone(k.submitURL), strings.Clone(k.home), strings.Clone(k.namedBy)}
	}
	var ok bool
	s.kin, ok = c.kin.number(k)
	return ok
}

// write puts the texts into the slot's blob: a byte that says which there are, then each with its
// length. Of the status URL only what follows the prefix.
func (c *Codec) write(s *Slot, now *texts) bool {
	prefix, ok := c.prefix(now.Status)
	if !ok {
		return false
	}
	b := append(c.blob[:0], 0)
	for i, v := range [...]string{now.Status[len(c.Prefixes.Values[prefix]):], now.Etag, now.message, now.result, now.cancel, now.promised, now.location, now.job} {
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
		c.Drop(s)
		s.blob = c.Blobs.take(len(b))
	}
	s.length, s.Prefix = uint16(len(b)), prefix
	copy(c.Blobs.at(s.blob, len(b)), b)
	return true
}

// Clear gives back all that the slot holds.
func (c *Codec) Clear(s *Slot) {
	c.Drop(s)
	c.dropCookies(s)
}

// Drop gives the slot's blob back.
func (c *Codec) Drop(s *Slot) {
	c.Blobs.give(s.blob, int(s.length))
	s.blob, s.length = 0, 0
}

// deepPrefixes is how many prefixes may be more than an origin: if each status URL has one of its
// own, there is nothing to share.
const deepPrefixes = 256

// prefix numbers the part of a status URL that others are likely to have too: up to the last slash.
func (c *Codec) prefix(url string) (uint16, bool) {
	origin := len(url) - len(wire.AfterOrigin(url))
	path, _, _ := strings.Cut(url, "?")
	deep := max(strings.LastIndexByte(path, '/')+1, origin)
	if i, ok := c.Prefixes.numbers[url[:deep]]; ok {
		return i, true
	}
	if len(c.Prefixes.Values) < deepPrefixes {
		return c.Prefixes.number(strings.Clone(url[:deep]))
	}
	if i, ok := c.Prefixes.numbers[url[:origin]]; ok {
		return i, true
	}
	return c.Prefixes.number(strings.Clone(url[:origin]))
}

// Unpack restores the operation into op, whose strings are valid until the next call, and until the
// slot is packed again.
func (c *Codec) Unpack(s *Slot, op *lro.Operation) {
	k := &c.kin.Values[s.kin]
	c.was = c.Read(s)
	*op = lro.Operation{
		Dialect: k.dialect, Cue: k.cue, Phase: lro.Polling, State: lro.State(s.state), Native: c.words.Values[s.native],
		Progress: lro.Progress{Known: s.Flags&isPercentKnown != 0, Percent: s.percent, Message: c.was.message, InQueue: s.Flags&isInQueue != 0, Queue: int(s.queue)},
		Style:    lro.Style(s.style), Doubtful: s.Flags&isDoubtful != 0, Spoken: lro.Evidence(s.spoken),
		SubmitMethod: k.method, SubmitURL: k.submitURL, Home: k.home, Sent: s.Flags&isSent != 0, NamedBy: k.namedBy, Accepted: c.Time(s.Accepted),
		StatusURL: c.was.Status, ResultURL: c.was.result, CancelURL: c.was.cancel, PromisedURL: c.was.promised,
		Location: c.was.location, Job: c.was.job, JobNumber: s.Flags&isJobNumber != 0,
		Next:      lro.Request{Method: http.MethodGet, URL: c.was.Status},
		NotBefore: c.Time(s.Floor), Hint: time.Duration(s.hint), Hinted: s.Flags&isHinted != 0, HintNote: lro.HintNote(s.note),
		ETag: c.was.Etag, Polls: int(s.polls), Misses: int(s.misses), MissedSince: c.Time(s.missed),
		Moves: int(s.moves), Resends: int(s.resend), CancelSent: s.Flags&isCancelSent != 0, Policy: c.Policy,
	}
	if c.was.Etag != "" {
		c.etag[0] = c.was.Etag
		op.Next.Header = c.header
	}
	if c.Asks {
		*op = lro.Ready(c.Dialect, *op)
	}
}

// Read returns the slot's texts; they point into the blob, and the status URL into c.url.
func (c *Codec) Read(s *Slot) texts {
	b := c.Blobs.at(s.blob, int(s.length))
	var all [8]string
	mask := b[0]
	b = b[1:]
	for i := 0; mask != 0; i, mask = i+1, mask>>1 {
		if mask&1 == 0 {
			continue
		}
		n, used := binary.Uvarint(b)
		all[i] = http1.Text(b[used : used+int(n)])
		b = b[used+int(n):]
	}
	c.url = append(append(c.url[:0], c.Prefixes.Values[s.Prefix]...), all[0]...)
	return texts{http1.Text(c.url), all[1], all[2], all[3], all[4], all[5], all[6], all[7]}
}
