package mockserver

import (
	"errors"
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ErrUnknownOperation is in the errors about operations that are not stored.
var ErrUnknownOperation = errors.New("there is no such operation")

// Complete makes an operation succeed now, whatever its scenario says. It is an
// error if it has ended.
func (s *Server) Complete(id string) error {
	return s.intervene("complete", id, func(op *work.Operation, now time.Time) error { return op.End(now, Succeeded) })
}

// Fail makes an operation fail now. It is an error if it has ended.
func (s *Server) Fail(id string) error {
	return s.intervene("fail", id, func(op *work.Operation, now time.Time) error { return op.End(now, Failed) })
}

// Expire ends the retention of an operation now: its URLs answer 410, also if it
// has not ended.
func (s *Server) Expire(id string) error {
	return s.intervene("expire", id, func(op *work.Operation, now time.Time) error {
		op.Expire(now)
		return nil
	})
}

// Freeze makes an operation stand still until it is thawed, completed, failed or
// cancelled. It keeps its worker if it has one, and leaves the queue if not. It
// is an error if it has ended.
func (s *Server) Freeze(id string) error {
	return s.intervene("freeze", id, (*work.Operation).Freeze)
}

// Thaw lets a frozen operation go on: its end is as much later as it stood
// still. An operation that is not frozen stays as it is.
func (s *Server) Thaw(id string) error {
	return s.intervene("thaw", id, func(op *work.Operation, now time.Time) error {
		op.Thaw(now)
		return nil
	})
}

func (s *Server) intervene(verb, id string, f func(*work.Operation, time.Time) error) error {
	s.once.Do(s.start)
	if s.Stateless {
		return fmt.Errorf("cannot %s operation %s: the server is stateless, so it can only be looked at", verb, work.Clip(id))
	}
	err := ErrUnknownOperation
	now := s.host.Clock.Now()
	s.host.Store.Visit(id, func(op *work.Operation) { err = f(op, now) })
	if err != nil {
		return fmt.Errorf("cannot %s operation %s: %w", verb, work.Clip(id), err)
	}
	return nil
}
