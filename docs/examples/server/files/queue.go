package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// message is what the name of a message says; the file is empty. Names sort by time.
type message struct {
	visible time.Time
	count   int
	id      string
}

func (m message) name() string {
	return fmt.Sprintf("%020d-%04d-%s", m.visible.UnixNano(), m.count, m.id)
}

func parse(name string) (message, bool) {
	at, rest, ok1 := strings.Cut(name, "-")
	count, id, ok2 := strings.Cut(rest, "-")
	nanos, err1 := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.Atoi(count)
	return message{time.Unix(0, nanos), n, id}, ok1 && ok2 && err1 == nil && err2 == nil
}

// Enqueue adds a message that is visible at once.
func (s *Store) Enqueue(_ context.Context, id string) error {
	err := s.create(s.path("queue", message{visible: time.Now(), id: id}.name()), nil)
	if errors.Is(err, fs.ErrExist) {
		return nil // the same operation in the same nanosecond
	}
	return err
}

// Length counts the messages.
func (s *Store) Length(context.Context) (int, error) {
	entries, err := os.ReadDir(s.path("queue"))
	return len(entries), err
}

// Dequeue takes the message that has been visible longest. Of two that rename one file, one succeeds.
func (s *Store) Dequeue(ctx context.Context, lease time.Duration) (*reports.Message, error) {
	entries, err := os.ReadDir(s.path("queue"))
	for _, e := range entries {
		m, ok := parse(e.Name())
		if !ok {
			continue
		}
		if m.visible.After(time.Now()) || ctx.Err() != nil {
			break
		}
		m.count++
		receipt, err := s.rename(e.Name(), m, lease)
		if errors.Is(err, reports.ErrLost) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &reports.Message{ID: m.id, Count: m.count, Receipt: receipt}, nil
	}
	return nil, err
}

func (s *Store) rename(from string, m message, lease time.Duration) (string, error) {
	m.visible = time.Now().Add(lease)
	err := os.Rename(s.path("queue", from), s.path("queue", m.name()))
	if errors.Is(err, fs.ErrNotExist) {
		return "", reports.ErrLost
	}
	return m.name(), err
}

// Renew renames the message once more.
func (s *Store) Renew(_ context.Context, m *reports.Message, lease time.Duration) error {
	parsed, ok := parse(m.Receipt)
	if !ok {
		return fmt.Errorf("%q is not a receipt", m.Receipt)
	}
	receipt, err := s.rename(m.Receipt, parsed, lease)
	if err == nil {
		m.Receipt = receipt
	}
	return err
}

// Remove removes the message, if nobody else has it by now.
func (s *Store) Remove(_ context.Context, m *reports.Message) error {
	err := os.Remove(s.path("queue", m.Receipt))
	if errors.Is(err, fs.ErrNotExist) {
		return reports.ErrLost
	}
	return err
}
