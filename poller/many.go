package poller

import (
	"context"
	"iter"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Many follows many operations at once. One that is merely pending costs an entry in a queue: no
// goroutine, no timer and no connection. The zero value is ready to use.
type Many struct {
	// Client sends the requests. Its Observe is called by one goroutine at a time. Nil: the zero Client.
	Client *Client
	// Requests bounds how many requests are under way at the same time; a result counts until its Body is
	// closed. 0: 128.
	Requests int
	// PerHost bounds the same for one host. 0: 64.
	PerHost int
	// InFlight bounds how many operations are followed at the same time. 0: no bound.
	InFlight int
	// Rate bounds how many operations are begun in a second. 0: no bound.
	Rate float64
}

// Task is one operation of many.
type Task struct {
	// Number tells the operations of a run apart; their events carry it.
	Number int
	// Operation is what to follow: from lro.Begin to be submitted, or one to go on with.
	Operation lro.Operation
	// Started is called before the first request is sent, and may refuse it. Nil: nothing.
	Started func() error
	// Accepted is called when the submit has been accepted, before the first poll. Nil: nothing.
	Accepted func(lro.Operation)
	// Done is called once, at the end: with the result, whose Body it must close, or with an error,
	// an *[Error] or that of Started. Nil: nothing; the result is dropped.
	//
	// Started, Accepted and Done may each be called by several goroutines at the same time, and may wait, for a disk
	// for example: meanwhile the operation holds no place among the requests.
	Done func(*Result, error)
}

// Run follows every task to its end and returns when the last Done has returned. Tasks are taken
// one by one, as there is room for them. Several operations that are gone on with are not asked
// for at the same moment: their first polls are spread over up to five seconds. When ctx ends, no
// more tasks are taken, and those that are under way end.
//
// The Response of an operation's [Error] is kept only from its last request: while an operation waits, nothing is.
func (m *Many) Run(ctx context.Context, tasks iter.Seq[Task]) {
	s := newSchedule(ctx, m)
	next, stop := iter.Pull(tasks)
	defer stop()
	defer context.AfterFunc(ctx, s.rouse)()
	s.run(next)
	close(s.work)
	s.busy.Wait()
}

func orDefault(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return n
}
