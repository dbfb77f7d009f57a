package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// session is one command's run: its flags bound to a client, and what is told about it.
type session struct {
	w    World
	conn curl.Connection
	head curl.Header
	wait waitFlags
	out  outputFlags
	prof profileFlags
	save string // --save

	in           *curl.Input     // what the flags read from files and from stdin
	names        []string        // of the operations, where there are several
	ctx          context.Context // bounds the delivery of one result of many
	client       *poller.Client
	submitHeader http.Header
	secrets      bool
	mock         bool // the server ends with this command
	view         render.View

	began   time.Time
	latest  lro.Operation
	ends    *ends // of several operations; nil where nobody asks
	saved   string
	saveErr error
	end     poller.End
}

// open builds the client. target is the URL whose credentials netrc is asked for.
func (s *session) open(target string) error {
	if err := s.out.check(); err != nil {
		return err
	}
	policy, err := s.wait.policy()
	if err != nil {
		return err
	}
	if err := s.prof.check(target); err != nil {
		return err
	}
	if s.prof.origin != "" {
		policy.Trust = append(policy.Trust, s.prof.origin)
	}
	dialect, err := s.wait.dialect()
	if err != nil {
		return err
	}
	transport, err := s.conn.Transport()
	if err != nil {
		return misused(err)
	}
	s.in = &curl.Input{Stdin: s.w.Stdin}
	always, submit, err := s.head.Build(s.in)
	if err != nil {
		return misused(err)
	}
	credentials, err := s.head.Credentials(target, curl.World{Env: s.w.Env, Stderr: s.w.Stderr})
	if err != nil {
		return misused(err)
	}
	if err := s.wait.repeatHeader(always, submit); err != nil {
		return err
	}
	s.submitHeader = submit
	s.secrets = len(always) > 0 || credentials != nil || len(transport.TLSClientConfig.Certificates) > 0
	if s.view, err = s.out.view(s.w, title(target), s.names); err != nil {
		return err
	}
	s.began = time.Now()
	s.client = &poller.Client{
		Transport: transport, Dialect: dialect, Pace: s.wait.pace(), Policy: policy,
		Header: always, Credentials: credentials,
		RequestTimeout: time.Duration(s.wait.requestTimeout), Observe: s.observe,
	}
	if always.Get("User-Agent") == "" {
		always.Set("User-Agent", "asyncctl/"+strings.Trim(versionText(), "()"))
	}
	return nil
}

// title names an operation beside its state.
func title(target string) string {
	_, name, _ := strings.Cut(poller.Redact(target), "://")
	return name
}

// observe keeps what the end of the command needs, and passes the event on.
func (s *session) observe(e poller.Event) {
	s.latest = e.Operation
	if e.End != nil {
		s.end = *e.End
	}
	if e.End != nil && s.ends != nil {
		s.ends.add(e.Op, *e.End)
	}
	s.keep(e.Operation)
	s.view.Event(e)
}

// keep writes the handle as soon as there is one, and again when the status URL moves: from then on
// nothing can be lost, not even by kill -9.
func (s *session) keep(op lro.Operation) {
	if s.save == "" || op.StatusURL == "" || op.StatusURL == s.saved || s.saveErr != nil {
		return
	}
	if s.saveErr = saveHandle(s.save, op); s.saveErr == nil {
		s.saved = op.StatusURL
	}
}

// checkSave makes sure, before anything is sent, that the handle can be written.
func (s *session) checkSave() error {
	if s.save == "" {
		return nil
	}
	f, err := newAtomicFile(s.save, 0o600)
	if err != nil {
		return err
	}
	f.abandon()
	return nil
}

// finish tells how it ended, on stdout for programs and on stderr for people, and returns the error
// that carries the exit code.
func (s *session) finish(ctx context.Context, op lro.Operation, content *render.Content, err error) error {
	s.view.Close()
	if s.out.timing && s.end.Outcome != "" {
		reportTiming(s.w.Stderr, s.end)
	}
	if err == nil {
		err = s.saveErr
	}
	code := codeOf(ctx, err)
	var failed *poller.Error
	errors.As(err, &failed)
	if s.out.format == "json" {
		s.document(op, s.end, content, err, failed, code).Write(s.w.Stdout)
	}
	if err == nil {
		return nil
	}
	fmt.Fprintf(s.w.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	switch {
	case failed != nil:
		explainFailure(s.w, failed)
		s.advise(failed)
	case op.Outcome == lro.Succeeded && op.StatusURL != "" && !s.mock:
		fmt.Fprintf(s.w.Stderr, "the operation has succeeded; to fetch its result again: asyncctl wait %s\n", s.handleArg(op))
	}
	return exitError(code)
}

// document describes an operation and its end, if there was one, for programs.
func (s *session) document(op lro.Operation, end poller.End, content *render.Content, err error, failed *poller.Error, code int) *render.Document {
	d := render.NewDocument(op)
	d.ExitCode, d.Result, d.EarlyPolls, d.Timing = code, content, end.Early, end.Timing
	if end.Outcome == "" {
		d.Timing.ElapsedMS = time.Since(s.began).Milliseconds()
	}
	if err != nil {
		d.Message = err.Error()
	}
	if failed != nil {
		d.SetResponse(failed.Response)
		if failed.Cancel != lro.CancelAccepted {
			d.Cancel = failed.Cancel.String()
		}
	}
	return d
}

// advise says what to do next.
func (s *session) advise(e *poller.Error) {
	op := e.Operation
	if op.StatusURL == "" {
		op.StatusURL = s.latest.StatusURL
	}
	switch {
	case op.Reason == lro.SubmitAmbiguous:
		fmt.Fprintln(s.w.Stderr, "it was not sent again: that could start a second operation. With --idempotency-key the server can tell the two apart")
	case op.Reason == lro.OperationPartial:
		fmt.Fprintln(s.w.Stderr, "if a part is enough, --allow-partial takes it for a success and fetches the result")
	case op.Reason == lro.HintBeyondDeadline:
		fmt.Fprintln(s.w.Stderr, "use a longer --timeout, or --max-interval to ask earlier all the same")
	case op.Reason == lro.DeadlinePassed && op.Misses > 1:
		fmt.Fprintf(s.w.Stderr, "the last %d requests told no status; -v shows what came of each\n", op.Misses)
	case op.Reason == lro.CredentialsWithheld:
		fmt.Fprintf(s.w.Stderr, "if you trust it with your credentials, add --trust-origin %s\n", lro.Origin(e.Response.URL))
	}
	if op.Reason == lro.Interrupted && s.wait.onInterrupt == "cancel" && op.StatusURL != "" {
		s.callOff(op)
		return
	}
	if op.StatusURL != "" && op.Outcome != lro.Failed && op.Outcome != lro.Cancelled && op.Outcome != lro.Gone && op.Outcome != lro.Succeeded {
		if s.mock {
			fmt.Fprintln(s.w.Stderr, "the mock ends with this command, and the operation with it; \"asyncctl mockserver\" is one that stays")
			return
		}
		fmt.Fprintf(s.w.Stderr, "the operation is not cancelled; to wait for it again: asyncctl wait %s\n", s.handleArg(op))
	}
}

// callOff keeps the promise of --on-interrupt cancel, within five seconds.
func (s *session) callOff(op lro.Operation) {
	if s.destroys(op) {
		fmt.Fprintf(s.w.Stderr, "it is not cancelled: with %s that takes away more than the work; to do it all the same: asyncctl cancel --yes %s\n", op.Dialect, s.handleArg(op))
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	op.Phase, op.Outcome, op.Reason, op.Home = lro.Polling, lro.Undecided, lro.ReasonNone, s.latest.Home
	if _, _, err := s.client.Cancel(ctx, op); err != nil {
		fmt.Fprintf(s.w.Stderr, "asyncctl: %s; to try again: asyncctl cancel %s\n", render.Clean(err.Error()), s.handleArg(op))
		return
	}
	fmt.Fprintln(s.w.Stderr, "the server has taken the cancellation")
}

// handleArg returns how the operation can be named on a command line. A status URL with a query may
// be a secret: it goes into a file and not into a log.
func (s *session) handleArg(op lro.Operation) string {
	if s.saved != "" {
		return curl.Quote(s.save)
	}
	if poller.Redact(op.StatusURL) == op.StatusURL {
		return curl.Quote(op.StatusURL)
	}
	if path, err := stateFile(s.w.Env, op); err == nil {
		return curl.Quote(path)
	}
	return curl.Quote(op.StatusURL)
}

// result delivers what an operation produced and tells how it ended.
func (s *session) result(ctx, bounded context.Context, res *poller.Result, file *atomicFile, err error) error {
	if file != nil {
		defer file.abandon()
	}
	if err != nil {
		var failed *poller.Error
		if errors.As(err, &failed) {
			return s.finish(ctx, failed.Operation, nil, err)
		}
		return s.finish(ctx, s.latest, nil, err)
	}
	if file == nil && isTerminal(s.w.Stdout) {
		s.view.Close() // the result goes where the view is
	}
	content, err := s.out.deliver(bounded, s.w, res, file)
	return s.finish(ctx, res.Operation, content, err)
}
