package mockserver

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnknownOperation is in the errors about operations that are not stored.
var ErrUnknownOperation = errors.New("there is no such operation")

// Complete makes an operation succeed now, whatever its scenario says. It is an
// error if it has ended.
func (s *Server) Complete(id string) error {
	return s.intervene("complete", id, func(op *operation, now time.Time) error { return op.end(now, Succeeded) })
}

// Fail makes an operation fail now. It is an error if it has ended.
func (s *Server) Fail(id string) error {
	return s.intervene("fail", id, func(op *operation, now time.Time) error { return op.end(now, Failed) })
}

// Expire ends the retention of an operation now: its URLs answer 410, also if it
// has not ended.
func (s *Server) Expire(id string) error {
	return s.intervene("expire", id, func(op *operation, now time.Time) error {
		op.expire(now)
		return nil
	})
}

// Freeze makes an operation stand still until it is thawed, completed, failed or
// cancelled. It keeps its worker if it has one, and leaves the queue if not. It
// is an error if it has ended.
func (s *Server) Freeze(id string) error {
	return s.intervene("freeze", id, (*operation).freeze)
}

// Thaw lets a frozen operation go on: its end is as much later as it stood
// still. An operation that is not frozen stays as it is.
func (s *Server) Thaw(id string) error {
	return s.intervene("thaw", id, func(op *operation, now time.Time) error {
		op.thaw(now)
		return nil
	})
}

func (s *Server) intervene(verb, id string, f func(*operation, time.Time) error) error {
	s.once.Do(s.start)
	if s.Stateless {
		return fmt.Errorf("cannot %s operation %s: the server is stateless, so it can only be looked at", verb, clip(id))
	}
	err := ErrUnknownOperation
	now := s.clock.Now()
	s.store.visit(id, func(op *operation) { err = f(op, now) })
	if err != nil {
		return fmt.Errorf("cannot %s operation %s: %w", verb, clip(id), err)
	}
	return nil
}
