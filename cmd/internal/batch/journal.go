package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// journalVersion is the version of the journal's format.
const journalVersion = 1

// Stage is how far a line has come.
type Stage string

// The stages. A line without one is new.
const (
	Sending  Stage = "sending"  // the submit is about to be sent, or was
	Unsent   Stage = "unsent"   // it did not reach the server: as if new
	Accepted Stage = "accepted" // there is a handle
	Done     Stage = "done"     // there is a record
)

// Mark is what the journal says about a line.
type Mark struct {
	Line   int            `json:"line"`
	Stage  Stage          `json:"stage"`
	Sum    string         `json:"sum,omitempty"`
	Key    string         `json:"key,omitempty"` // the Idempotency-Key that the submit carries
	Handle *lro.Operation `json:"handle,omitempty"`
	Record *Record        `json:"record,omitempty"`
}

// Journal remembers what became of each line, in a file that is only appended to. A mark is on the
// disk when Add returns. It may be used by many goroutines.
type Journal struct {
	file  *os.File
	marks map[int]Mark // what earlier runs wrote

	mu       sync.Mutex
	pending  []byte
	waiting  *group // those whose marks are in pending
	writing  bool
	crowded  bool  // the last write was shared
	end      int64 // of the file
	open     int   // lines that were begun here and are not done
	reserved int64 // how far the disk is known to have room
	failed   error
}

// group are the Adds that share one write.
type group struct {
	done chan struct{}
	size int
	err  error
}

// head is how a journal begins.
var head = fmt.Sprintf("{\"asyncctl_journal\":%d}\n", journalVersion)

// Open opens a journal, or makes one that only its owner may read. It locks the file: two runs at
// the same time would submit everything twice. A last line that was cut off by a crash is dropped.
//
// A file that is there and does not begin as a journal is an error, and stays as it is: whole, or a
// beginning of the first line, or empty, everything else is somebody else's.
func Open(path string) (*Journal, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the journal %s: it is not a regular file; name another", path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{file: f, marks: map[int]Mark{}}
	if err := lock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("the journal %s is in use by another run: %w", path, err)
	}
	if err := j.load(); err != nil {
		f.Close()
		return nil, fmt.Errorf("the journal %s: %w", path, err)
	}
	return j, nil
}

// load reads the marks and leaves the file at its end.
func (j *Journal) load() error {
	in := bufio.NewReaderSize(j.file, 1<<16)
	ours, err := begins(in)
	if err != nil {
		return err
	}
	if !ours {
		return fmt.Errorf("it is not a journal of version %d; name another file", journalVersion)
	}
	for number := 1; ; number++ {
		text, err := bounded.Line(in, maxMark)
		if errors.Is(err, io.EOF) {
			break // what has no line end was cut off
		}
		if err != nil {
			return err
		}
		if err := j.read(number, text); err != nil {
			return err
		}
		j.end += int64(len(text))
	}
	if err := j.file.Truncate(j.end); err != nil {
		return err
	}
	if _, err := j.file.Seek(j.end, io.SeekStart); err != nil {
		return err
	}
	if j.end > 0 {
		return nil
	}
	return j.write([]byte(head))
}

// maxMark bounds one line of a journal: the record of an operation holds a small result at most.
const maxMark = 64 << 20

// begins reports whether a file is a journal, or the beginning of one that was never finished.
func begins(in *bufio.Reader) (bool, error) {
	first, err := in.Peek(len(head))
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return bytes.HasPrefix([]byte(head), first), nil
}

func (j *Journal) read(number int, text []byte) error {
	if number == 1 {
		return nil // the head
	}
	var m Mark
	if err := json.Unmarshal(bytes.TrimSpace(text), &m); err != nil {
		return fmt.Errorf("line %d cannot be read: %w", number, err)
	}
	j.apply(m)
	return nil
}

// apply folds a mark into what is known of its line.
func (j *Journal) apply(m Mark) {
	known := j.marks[m.Line]
	if m.Sum == "" {
		m.Sum = known.Sum
	}
	if m.Key == "" {
		m.Key = known.Key
	}
	if m.Handle == nil {
		m.Handle = known.Handle
	}
	j.marks[m.Line] = m
}

// Mark returns what earlier runs have written about a line.
func (j *Journal) Mark(line int) (Mark, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	m, ok := j.marks[line]
	return m, ok
}

// take is Mark for the last time: a list may be long.
func (j *Journal) take(line int) (Mark, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	m, ok := j.marks[line]
	delete(j.marks, line)
	return m, ok
}

// Failed returns why the journal cannot be written any more; nil while it can.
func (j *Journal) Failed() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.failed
}

// Close closes the file, gives up what was reserved of the disk, and gives up the lock.
func (j *Journal) Close() error {
	j.file.Truncate(j.end)
	return j.file.Close()
}
