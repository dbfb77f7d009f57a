package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"

	"github.com/asyncctl/asyncctl/poller"
)

// maxRecord bounds a line of a recorded stream, in bytes.
const maxRecord = 16 << 20

// View is what shows events, while they happen or afterwards.
type View interface {
	Event(poller.Event)
	Close()
}

// Replay shows recorded events, without their pauses. It stops at the first error and returns it.
// Closing the view is left to the caller.
func Replay(view View, events iter.Seq2[poller.Event, error]) error {
	for e, err := range events {
		if err != nil {
			return err
		}
		view.Event(e)
	}
	return nil
}

// ReadEvents reads a stream that [NDJSON] wrote, the opening record too. After an error, which tells
// the line, there is nothing more. Fields that are not known are skipped: streams grow.
func ReadEvents(r io.Reader) iter.Seq2[poller.Event, error] {
	return func(yield func(poller.Event, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 0, 4096), maxRecord)
		n := 0
		for lines.Scan() {
			n++
			e, err := readEvent(lines.Bytes(), n == 1)
			if err != nil {
				yield(poller.Event{}, fmt.Errorf("line %d of the recorded stream: %w", n, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		switch err := lines.Err(); {
		case err != nil:
			yield(poller.Event{}, fmt.Errorf("line %d of the recorded stream: %w", n+1, err))
		case n == 0:
			yield(poller.Event{}, errors.New("the recorded stream is empty"))
		}
	}
}

func readEvent(line []byte, first bool) (poller.Event, error) {
	var e poller.Event
	if len(bytes.TrimSpace(line)) == 0 {
		return e, errors.New("the line is empty")
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return e, fmt.Errorf("not an event: %w", err)
	}
	switch n := kinds(e); {
	case n != 1:
		return e, fmt.Errorf("an event is of one kind; this one has %d that are known here", n)
	case first && e.Start == nil:
		return e, errors.New("a stream begins with a start record")
	case !first && e.Start != nil:
		return e, errors.New("a second start record")
	case first && (e.Start.Version < 1 || e.Start.Version > poller.EventVersion):
		return e, fmt.Errorf("version %d of the stream is not known here; this program reads up to %d", e.Start.Version, poller.EventVersion)
	}
	return e, nil
}

// kinds counts the pointers of an event that are set.
func kinds(e poller.Event) int {
	n := 0
	for _, field := range reflect.ValueOf(e).Fields() {
		if field.Kind() == reflect.Pointer && !field.IsNil() {
			n++
		}
	}
	return n
}
