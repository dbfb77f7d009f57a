package pending

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// pendingOperation makes up an operation as it is between two polls.
func pendingOperation(dice *rand.Rand, start time.Time) lro.Operation {
	pick := func(all ...string) string { return all[dice.IntN(len(all))] }
	moment := func() time.Time {
		if dice.IntN(4) == 0 {
			return time.Time{}
		}
		return start.Add(time.Duration(dice.Int64N(int64(time.Hour))))
	}
	op := lro.Operation{
		Dialect: pick("generic", "azure"), Cue: pick("", "named"), Phase: lro.Polling, State: lro.State(dice.IntN(5)),
		Native: pick("", "running", "InProgress", "Queued 17"), Style: lro.Style(dice.IntN(3)), Doubtful: dice.IntN(2) == 0, Spoken: lro.Evidence(dice.Uint64()), NamedBy: pick("", "Content-Location"),
		Progress: lro.Progress{Known: dice.IntN(2) == 0, Percent: dice.Float64() * 100, Message: pick("", "page 3 of 7"), InQueue: dice.IntN(2) == 0, Queue: dice.IntN(9)},
		Location: pick("", "http://127.0.0.1/l"), Job: pick("", "job-7"),
		SubmitMethod: "POST", SubmitURL: pick("http://127.0.0.1/a", "http://127.0.0.1/b?x=1"), Home: "http://127.0.0.1",
		Accepted:  moment(),
		StatusURL: fmt.Sprintf("http://127.0.0.1%s%d%s", pick("/operations/", "/v1/jobs/", "", "?id="), dice.Uint32(), pick("", "/status", "?api-version=1")),
		ResultURL: pick("", "http://127.0.0.1/r"), CancelURL: pick("", "http://127.0.0.1/c"), PromisedURL: pick("", "http://other/r"),
		NotBefore: moment(), Hint: time.Duration(dice.Int64N(int64(time.Hour))), Hinted: dice.IntN(2) == 0, HintNote: lro.HintNote(dice.IntN(4)),
		ETag: pick("", `"a"`, `W/"b"`), Polls: dice.IntN(100), Misses: dice.IntN(10), MissedSince: moment(),
		Moves: dice.IntN(50), Resends: dice.IntN(3), CancelSent: dice.IntN(2) == 0,
	}
	op.Next = lro.Request{Method: "GET", URL: op.StatusURL}
	if op.ETag != "" {
		op.Next.Header = http.Header{"If-None-Match": {op.ETag}}
	}
	return op
}

// TestPackedOperationsComeBack packs and unpacks many operations in a few slots, again and again.
func TestPackedOperationsComeBack(t *testing.T) {
	start := time.Now()
	c := NewCodec(start, lro.Generic{}, &lro.Policy{Misses: 3})
	defer c.Slots.Close()
	defer c.Blobs.Close()
	dice := rand.New(rand.NewPCG(1, 2))
	held := map[uint32]lro.Operation{}
	var ids []uint32
	for range 20 {
		ids = append(ids, c.Slots.Take())
	}
	var got lro.Operation
	for range 20000 {
		id := ids[dice.IntN(len(ids))]
		if want, ok := held[id]; ok {
			c.Unpack(c.Slots.At(id), &got)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("got  %+v\nwant %+v", got, want)
			}
			if dice.IntN(2) == 0 { // one step further, as the protocol takes them
				got.Polls++
				want.Polls++
				if !c.Pack(c.Slots.At(id), &got) {
					t.Fatalf("not packed: %+v", got)
				}
				held[id] = want
				continue
			}
			c.Drop(c.Slots.At(id))
			c.Slots.Give(id)
			delete(held, id)
			for i := range ids {
				if ids[i] == id {
					ids[i] = c.Slots.Take()
					id = ids[i]
					break
				}
			}
		}
		op := pendingOperation(dice, start)
		op.Policy = c.Policy
		if !c.Pack(c.Slots.At(id), &op) {
			t.Fatalf("not packed: %+v", op)
		}
		held[id] = op
	}
	if len(c.Prefixes.Values) > maxInterned {
		t.Errorf("%d prefixes", len(c.Prefixes.Values))
	}
}

// TestNoFieldIsForgotten fills each field of an operation, one at a time: it comes back, or the
// operation is declined. It fails when package lro keeps something new.
func TestNoFieldIsForgotten(t *testing.T) {
	start := time.Now()
	c := NewCodec(start, lro.Generic{}, nil)
	defer c.Slots.Close()
	defer c.Blobs.Close()
	plain := pendingOperation(rand.New(rand.NewPCG(1, 2)), start)
	for _, i := range reflect.VisibleFields(reflect.TypeFor[lro.Operation]()) {
		op := plain
		f := reflect.ValueOf(&op).Elem().FieldByIndex(i.Index)
		if i.Name == "Policy" || !i.IsExported() { // shared; trail is empty without Hops, repeat shows in Repeats
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString("other")
		case reflect.Bool:
			f.SetBool(!f.Bool())
		case reflect.Int, reflect.Int64:
			f.SetInt(f.Int() + 1)
		case reflect.Uint8:
			f.SetUint(f.Uint() + 1)
		}
		id := c.Slots.Take()
		if !c.Pack(c.Slots.At(id), &op) {
			continue
		}
		var got lro.Operation
		if c.Unpack(c.Slots.At(id), &got); !reflect.DeepEqual(got, op) {
			t.Errorf("%s does not come back:\ngot  %+v\nwant %+v", i.Name, got, op)
		}
	}
}

// TestExtraordinaryOperationsAreDeclined changes what a slot cannot hold.
func TestExtraordinaryOperationsAreDeclined(t *testing.T) {
	start := time.Now()
	c := NewCodec(start, lro.Generic{}, nil)
	defer c.Slots.Close()
	defer c.Blobs.Close()
	for name, change := range map[string]func(*lro.Operation){
		"phase":       func(op *lro.Operation) { op.Phase = lro.Following },
		"hops":        func(op *lro.Operation) { op.Hops = 1 },
		"detail":      func(op *lro.Operation) { op.Detail = "x" },
		"guesses":     func(op *lro.Operation) { op.Guesses = 1 },
		"problem":     func(op *lro.Operation) { op.Problem = &lro.Problem{} },
		"method":      func(op *lro.Operation) { op.Next.Method = "POST" },
		"another URL": func(op *lro.Operation) { op.Next.URL += "x" },
		"header":      func(op *lro.Operation) { op.Next.Header = http.Header{"X": {"y"}} },
		"body":        func(op *lro.Operation) { op.Next.Body = []byte("x") },
		"huge":        func(op *lro.Operation) { op.Progress.Message = string(make([]byte, maxBlob)) },
		"inline":      func(op *lro.Operation) { op.Inline = "/a" },
	} {
		op := pendingOperation(rand.New(rand.NewPCG(1, 2)), start)
		change(&op)
		if c.Pack(c.Slots.At(c.Slots.Take()), &op) {
			t.Errorf("%s: it was packed", name)
		}
	}
}

// TestCountsThatFit: what a slot counts in few bits comes back up to their last value, and is declined beyond.
func TestCountsThatFit(t *testing.T) {
	start := time.Now()
	c := NewCodec(start, lro.Generic{}, nil)
	defer c.Slots.Close()
	defer c.Blobs.Close()
	for name, count := range map[string]struct {
		most int
		of   func(*lro.Operation) *int
	}{
		"polls":   {1<<31 - 1, func(op *lro.Operation) *int { return &op.Polls }},
		"misses":  {1<<16 - 1, func(op *lro.Operation) *int { return &op.Misses }},
		"moves":   {1<<8 - 1, func(op *lro.Operation) *int { return &op.Moves }},
		"resends": {1<<8 - 1, func(op *lro.Operation) *int { return &op.Resends }},
	} {
		op := pendingOperation(rand.New(rand.NewPCG(1, 2)), start)
		slot := c.Slots.At(c.Slots.Take())
		*count.of(&op) = count.most
		var got lro.Operation
		if !c.Pack(slot, &op) {
			t.Errorf("%s: %d was declined", name, count.most)
			continue
		}
		if c.Unpack(slot, &got); *count.of(&got) != count.most {
			t.Errorf("%s: %d comes back as %d", name, count.most, *count.of(&got))
		}
		if *count.of(&op) = count.most + 1; c.Pack(c.Slots.At(c.Slots.Take()), &op) {
			t.Errorf("%s: %d was packed", name, count.most+1)
		}
	}
}
