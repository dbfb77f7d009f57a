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
	marks map[int]Mark

	mu      sync.Mutex
	pending []byte
	written int64 // marks in pending and before
	disk    sync.Mutex
	synced  int64
	failed  error
}

type journalHead struct {
	Version int `json:"asyncctl_journal"`
}

// Open opens a journal, or makes one that only its owner may read. It locks the file: two runs at
// the same time would submit everything twice. A last line that was cut off by a crash is dropped.
func Open(path string) (*Journal, error) {
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
	var good int64
	for number := 1; ; number++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break // what has no line end was cut off
		}
		if err != nil {
			return err
		}
		if err := j.read(number, text); err != nil {
			return err
		}
		good += int64(len(text))
	}
	if err := j.file.Truncate(good); err != nil {
		return err
	}
	if _, err := j.file.Seek(good, io.SeekStart); err != nil {
		return err
	}
	if good > 0 {
		return nil
	}
	head, err := json.Marshal(journalHead{journalVersion})
	if err != nil {
		return err
	}
	if _, err := j.file.Write(append(head, '\n')); err != nil {
		return err
	}
	return j.file.Sync()
}

func (j *Journal) read(number int, text []byte) error {
	if number == 1 {
		var head journalHead
		if json.Unmarshal(text, &head) != nil || head.Version != journalVersion {
			return fmt.Errorf("it is not a journal of version %d; name another file", journalVersion)
		}
		return nil
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

// Mark returns what is known of a line.
func (j *Journal) Mark(line int) (Mark, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	m, ok := j.marks[line]
	return m, ok
}

// Add writes a mark and returns once it is on the disk. Marks that come at the same time share one
// write.
func (j *Journal) Add(m Mark) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.apply(m)
	j.pending = append(append(j.pending, text...), '\n')
	j.written++
	mine := j.written
	j.mu.Unlock()

	j.disk.Lock()
	defer j.disk.Unlock()
	if j.synced >= mine || j.failed != nil {
		return j.failed
	}
	j.mu.Lock()
	batch, upTo := j.pending, j.written
	j.pending = nil
	j.mu.Unlock()
	if _, err := j.file.Write(batch); err != nil {
		j.failed = fmt.Errorf("writing the journal: %w", err)
		return j.failed
	}
	if err := j.file.Sync(); err != nil {
		j.failed = fmt.Errorf("writing the journal: %w", err)
		return j.failed
	}
	j.synced = upTo
	return nil
}

// Close closes the file and gives up the lock.
func (j *Journal) Close() error { return j.file.Close() }
