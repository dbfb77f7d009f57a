package follow

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// ends keeps how each of several operations ended. They end on several goroutines.
type ends struct {
	mu sync.Mutex
	by map[int]poller.End // by the number in the events
}

func (e *ends) add(number int, end poller.End) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.by[number] = end
}

func (e *ends) of(number int) poller.End {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.by[number]
}

// vote counts how many operations ended and how.
type vote struct {
	mu               sync.Mutex
	need, total      int
	succeeded, other int
	all              app.Together
	stop             context.CancelFunc
	stopped          bool
}

// count takes one end into account. It ends the run as soon as the rest cannot change the verdict:
// enough have succeeded, or, unless all are asked for, too many have not.
func (v *vote) count(code int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all.Add(code)
	if code == app.ExitOK {
		v.succeeded++
	} else {
		v.other++
	}
	if v.need < v.total && (v.succeeded >= v.need || v.total-v.other < v.need) {
		v.stopped = true
		v.stop()
	}
}

// many waits for several operations under one deadline.
func (s *Wait) many(ctx context.Context, args []string) error {
	need, err := s.Until.Of(len(args))
	if err != nil {
		return err
	}
	if s.Output.file != "" || s.Save != "" {
		return app.Usagef("-o and --save are for a single operation; for several there is --output-dir")
	}
	s.several = true
	ops, err := s.handles(args)
	if err != nil {
		return err
	}
	if err := s.Bounds.check(); err != nil {
		return err
	}
	s.records, s.ends = app.NewRecords(s.World), &ends{by: map[int]poller.End{}}
	bounded, cancel := s.Waiting.context(ctx)
	defer cancel()
	running, stop := context.WithCancel(bounded)
	defer stop()
	s.ctx = bounded
	if s.Waiting.Timeout.atOnce() {
		return s.each(ctx, &vote{need: need, total: len(args), stop: stop}, ops)
	}
	v := &vote{need: need, total: len(args), stop: stop}
	s.Bounds.many(s.client).Run(running, func(yield func(poller.Task) bool) {
		for i, op := range ops {
			task := poller.Task{Number: i, Operation: op, Done: func(res *poller.Result, err error) { s.one(ctx, v, i, op, res, err) }}
			if !yield(task) {
				return
			}
		}
	})
	s.view.Close()
	s.records.Flush()
	return s.verdict(ctx, v, bounded)
}

// each is --timeout 0: one poll of each, and the results that are there already.
func (s *Wait) each(ctx context.Context, v *vote, ops []lro.Operation) error {
	bounded, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	s.ctx = bounded
	for i, op := range ops {
		op.NotBefore = time.Time{}
		asked, err := s.client.Poll(ctx, op)
		var failed *poller.Error
		if errors.As(err, &failed) && !failed.Operation.Done() || err == nil && asked.Phase == lro.Polling {
			s.tell(i, asked, poller.End{}, nil, nil, nil, app.ExitPending)
			v.count(app.ExitPending)
			continue
		}
		res, err := s.client.Wait(bounded, op)
		s.one(ctx, v, i, op, res, err)
	}
	s.view.Close()
	s.records.Flush()
	return s.verdict(ctx, v, bounded)
}

// one reports the end of one operation of many.
func (s *Wait) one(ctx context.Context, v *vote, number int, op lro.Operation, res *poller.Result, err error) {
	var content *render.Content
	if err == nil {
		op = res.Operation
		if s.Output.format == "json" || s.Bounds.dir != "" {
			content, err = s.Bounds.deliver(&s.Session, op.StatusURL, s.resultName(number, op), res)
		} else {
			res.Body.Close()
		}
	}
	var failed *poller.Error
	if errors.As(err, &failed) {
		op = failed.Operation
	}
	code := app.CodeOf(ctx, err)
	v.mu.Lock()
	if v.stopped && op.Reason == lro.Interrupted {
		op.Outcome, op.Reason = lro.Undecided, lro.ReasonNone // it was only no longer needed
	}
	s.tell(number, op, s.ends.of(number), content, err, failed, code)
	v.mu.Unlock()
	v.count(code)
}

// tell prints one record; the caller holds the lock.
func (s *Wait) tell(number int, op lro.Operation, end poller.End, content *render.Content, err error, failed *poller.Error, code int) {
	if s.Output.format == "json" {
		s.document(op, end, content, err, failed, code).WriteLine(s.records)
		return
	}
	outcome := op.Outcome.String()
	if op.Outcome == lro.Undecided {
		outcome = "pending"
	}
	file := ""
	if content != nil && content.File != "" {
		file = "  " + content.File
	}
	fmt.Fprintf(s.records, "%-9s  %s%s\n", outcome, op.StatusURL, file)
	if err != nil && op.Outcome != lro.Undecided {
		fmt.Fprintf(s.World.Stderr, "asyncctl: %s: %s\n", s.rows[number], render.Clean(err.Error()))
	}
}

// resultName is what the file of a result is named after: a handle's file, else the end of the URL.
func (s *Wait) resultName(number int, op lro.Operation) string {
	if name := s.rows[number]; !strings.Contains(name, "/") {
		return name
	}
	return path.Base(op.StatusURL)
}

// verdict returns what the exit code is made of.
func (s *Wait) verdict(ctx context.Context, v *vote, bounded context.Context) error {
	fmt.Fprintf(s.World.Stderr, "%d of %d succeeded\n", v.succeeded, v.total)
	switch {
	case v.succeeded >= v.need:
		return nil
	case ctx.Err() != nil:
		return app.Exit(app.SignalCode(ctx))
	case v.need < v.total && !errors.Is(bounded.Err(), context.DeadlineExceeded):
		return app.Exit(app.ExitNo)
	}
	return app.Exit(v.all.Code())
}
