package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// room is what is kept free on the disk for each line that was begun: for its handle, and for its record.
const room = 8 << 10

// gather is how long marks are gathered where they come many at a time.
const gather = 2 * time.Millisecond

// ErrNoRoom is matched by the errors of a line that was not begun because its end could not be written down.
var ErrNoRoom = errors.New("there is no room on the disk")

// Add writes a mark and returns once it is on the disk. Marks that come at the same time share one
// write: while one is written, the others gather.
//
// A line is only begun where the disk has room for what is to be written about it later; see [ErrNoRoom].
func (j *Journal) Add(m Mark) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	j.mu.Lock()
	if j.failed != nil {
		defer j.mu.Unlock()
		return j.failed
	}
	if err := j.account(m.Stage, int64(len(text))); err != nil {
		defer j.mu.Unlock()
		return err
	}
	if j.waiting == nil {
		j.waiting = &group{done: make(chan struct{})}
	}
	mine := j.waiting
	mine.size++
	j.pending = append(append(j.pending, text...), '\n')
	if j.writing {
		j.mu.Unlock()
		<-mine.done
		return mine.err
	}
	j.writing = true
	j.mu.Unlock()
	j.commit()
	return mine.err
}

// commit writes what has gathered. One goroutine at a time is in it; what gathers meanwhile is written by the next,
// for which those that gather wait.
//
// Where marks come many at a time it waits a moment for more of them: the disk then has less to do.
func (j *Journal) commit() {
	j.mu.Lock()
	if j.crowded {
		j.mu.Unlock()
		time.Sleep(gather)
		j.mu.Lock()
	}
	text, those := j.pending, j.waiting
	j.pending, j.waiting = nil, nil
	j.crowded = those.size > 1
	err := j.failed
	j.mu.Unlock()
	if err == nil {
		err = j.write(text)
	}
	those.err = err
	close(those.done)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.writing = j.waiting != nil; j.writing {
		go j.commit()
	}
}

// write appends a text and waits for the disk. After a failure nothing is written any more: a mark behind one
// that was lost would make the journal lie.
func (j *Journal) write(text []byte) error {
	_, err := j.file.Write(text)
	if err == nil {
		err = datasync(j.file)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.failed = fmt.Errorf("writing the journal: %w", err)
		j.file.Truncate(j.end) // no half a line, if it can be helped
		return j.failed
	}
	j.end += int64(len(text))
	return nil
}

// account keeps room on the disk for the marks of the lines that are begun. j.mu is held.
func (j *Journal) account(stage Stage, size int64) error {
	switch stage {
	case Done, Unsent:
		j.open = max(0, j.open-1)
	case Sending:
		need := j.end + int64(len(j.pending)) + size + int64(j.open+1)*room
		if need > j.reserved {
			ahead := int64(1 << 20)
			if err := reserve(j.file, j.end, need+ahead-j.end); err != nil {
				ahead = 0
				if err = reserve(j.file, j.end, need-j.end); err != nil {
					return fmt.Errorf("%w for the journal: %w", ErrNoRoom, err)
				}
			}
			j.reserved = need + ahead
		}
		j.open++
	}
	return nil
}
