package follow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Session is one command's run: its flags bound to a client, and what is told about it.
type Session struct {
	World      app.World
	Connection curl.Connection
	Header     curl.Header
	Waiting    Waiting
	Output     Output
	Profile    config.Profile
	API        apifile.Flags
	Save       string // --save

	Dir string // --output-dir

	in           *curl.Input     // what the flags read from files and from stdin
	names        *render.Roster  // of the operations, where there are several
	several      bool            // operations at the same time
	rows         []string        // what the operations are called beside each other
	title        string          // of the operation in the view
	ctx          context.Context // bounds the delivery of one result of many
	client       *poller.Client
	submitHeader http.Header
	secrets      bool
	key          string // the Idempotency-Key of the submit
	mock         bool   // the server ends with this command
	following    bool   // until the operation is over
	view         render.View

	began   time.Time
	latest  lro.Operation
	ends    *ends // of several operations; nil where nobody asks
	saved   string
	kept    string // the handle in the person's state directory
	given   []config.Given
	saveErr error
	end     poller.End
}

// policy returns how patient and how trusting the client is: it trusts the origin that a profile names, and
// that of an API file.
func (s *Session) policy(target string) (lro.Policy, error) {
	policy, err := s.Waiting.Policy()
	if err != nil {
		return policy, err
	}
	if err := s.Profile.Check(target); err != nil {
		return policy, err
	}
	if s.Profile.Origin != "" {
		policy.Trust = append(policy.Trust, s.Profile.Origin)
	}
	if file := s.API.File(); file != nil && (target == "" || lro.SameOrigin(file.URL, target)) {
		// Who names the file names its url; beside a URL of another origin it says nothing about that.
		policy.Trust = append(policy.Trust, lro.Origin(file.URL))
	}
	return policy, nil
}

// open builds the client. target is the URL whose credentials netrc is asked for.
func (s *Session) open(target string) error {
	if err := s.Output.check(); err != nil {
		return err
	}
	policy, err := s.policy(target)
	if err != nil {
		return err
	}
	dialect, err := s.Waiting.Dialect()
	if err != nil {
		return err
	}
	transport, err := s.Connection.Transport()
	if err != nil {
		return app.Misused(err)
	}
	s.in = &curl.Input{Stdin: s.World.Stdin}
	always, submit, err := s.Header.Build(s.in)
	if err != nil {
		return app.Misused(err)
	}
	world := curl.World{Env: s.World.Env, Stderr: s.World.Stderr}
	credentials, err := s.Header.Credentials(target, world)
	if err != nil {
		return app.Misused(err)
	}
	byHost, err := s.Header.ByHost(world)
	if err != nil {
		return app.Misused(err)
	}
	if byHost != nil {
		credentials = nil // each host has its own, and no other's
	}
	if err := s.Waiting.repeatHeader(always, submit); err != nil {
		return err
	}
	if credentials, err = s.API.Dress(s.context(), target, always, credentials); err != nil {
		return err
	}
	s.submitHeader = submit
	s.secrets = len(always) > 0 || credentials != nil || len(transport.TLSClientConfig.Certificates) > 0
	s.title = app.Title(target)
	if s.view, err = s.Output.View(s.World, s.title, s.names); err != nil {
		return err
	}
	if plain, ok := s.view.(*render.Plain); ok && s.names == nil {
		plain.Accepted = s.accepted
	}
	s.began = time.Now()
	s.client = &poller.Client{
		Origin: lro.Origin(target), Transport: s.API.Limited(transport), Dialect: dialect, Pace: s.pace(), Policy: policy,
		Header: always, HeaderFor: byHost, Credentials: credentials,
		RequestTimeout: time.Duration(s.Waiting.RequestTimeout), Observe: s.observe,
	}
	if _, given := always["User-Agent"]; !given {
		always.Set("User-Agent", "asyncctl/"+strings.Trim(app.VersionText(), "()"))
	}
	return nil
}

// context bounds what is asked before anything is sent.
func (s *Session) context() context.Context {
	if s.ctx != nil {
		return s.ctx
	}
	return context.Background()
}

// pace is when to poll where the server leaves it open: never more often than the API file says.
func (s *Session) pace() lro.Pace {
	p := s.Waiting.pace()
	if least := s.API.Interval(p.Min); least > p.Min {
		p.Min, p.Max = least, max(p.Max, least)
	}
	return p
}

// observe keeps what the end of the command needs, and passes the event on.
func (s *Session) observe(e poller.Event) {
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
func (s *Session) keep(op lro.Operation) {
	if s.Save == "" || op.StatusURL == "" || op.StatusURL == s.saved || s.saveErr != nil {
		return
	}
	if s.saveErr = saveHandle(s.Save, op); s.saveErr == nil {
		s.saved = op.StatusURL
	}
}

// checkSave makes sure, before anything is sent, that the handle can be written.
func (s *Session) checkSave() error {
	if s.Save == "" {
		return nil
	}
	return app.Writable(s.Save)
}

// finish tells how it ended, on stdout for programs and on stderr for people, and returns the error
// that carries the exit code.
func (s *Session) finish(ctx context.Context, op lro.Operation, content *render.Content, err error) error {
	s.view.Close()
	if s.Output.timing && s.end.Outcome != "" {
		reportTiming(s.World.Stderr, s.end)
	}
	if err == nil {
		err = s.saveErr
	}
	var failed *poller.Error
	errors.As(err, &failed)
	if s.Output.format == "json" {
		s.document(op, s.end, content, err, failed, app.CodeOf(ctx, err)).Write(s.World.Stdout)
	}
	if err == nil {
		err = s.World.WriteFailed()
	}
	if err == nil {
		s.forget()
		return nil
	}
	code := app.CodeOf(ctx, err)
	fmt.Fprintf(s.World.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	switch {
	case failed != nil:
		explainFailure(s.World, failed)
		s.advise(failed)
	case op.StatusURL == "" || s.mock:
	case op.Outcome == lro.Succeeded:
		fmt.Fprintf(s.World.Stderr, "the operation has succeeded; to fetch its result again: %s\n", s.resumeLine(op))
	case op.Outcome == lro.Undecided:
		fmt.Fprintf(s.World.Stderr, "the operation is still running\n")
		s.sayHow(op)
	}
	return app.Exit(code)
}

// document describes an operation and its end, if there was one, for programs.
func (s *Session) document(op lro.Operation, end poller.End, content *render.Content, err error, failed *poller.Error, code int) *render.Document {
	d := render.NewDocument(op)
	d.IdempotencyKey = s.key
	d.ExitCode, d.Result, d.EarlyPolls, d.Timing = code, content, end.Early, end.Timing
	if end.Outcome == "" {
		d.Timing.ElapsedMS = time.Since(s.began).Milliseconds()
	}
	if err != nil {
		d.Message = err.Error()
	}
	if failed != nil {
		d.SetResponse(failed.Response)
		if failed.Cancel != lro.CancelNotAsked {
			d.Cancel = failed.Cancel.String()
		}
	}
	return d
}

// waysOn says what to do where an answer is undecided.
const waysOn = `asyncctl claims neither a success nor a failure. If you know the API, say what its answers mean:
  --success-when WORD        the state, or /pointer=WORD, that means success
  --dialect arr-202          any 200 at the status URL is the result (202 says that it goes on)
  --api FILE                 where the state stands and what its words mean (asyncctl help api-file);
                             asyncctl init writes such a file from an operation that it watches`

// advise says what to do next.
func (s *Session) advise(e *poller.Error) {
	op := e.Operation
	if op.StatusURL == "" {
		op.StatusURL = s.latest.StatusURL
	}
	switch {
	case op.Outcome == lro.NotSent:
		return
	case op.StatusURL == "" && s.key != "" && mayHaveArrived(op.Reason):
		fmt.Fprintf(s.World.Stderr, "the same command with --idempotency-key %s sends it again without starting a second operation\n", curl.Quote(s.key))
	case op.Reason == lro.SubmitAmbiguous:
		fmt.Fprintln(s.World.Stderr, "it was not sent again: that could start a second operation. With --idempotency-key auto the server can tell the two apart")
	case op.Reason == lro.Unreachable && op.StatusURL != "" && op.Home != "" && !lro.SameOrigin(op.StatusURL, op.Home):
		fmt.Fprintf(s.World.Stderr, "the server named %s, another origin than %s: it may be a name that only the server itself can reach\n", lro.Origin(op.StatusURL), op.Home)
	case op.Reason == lro.UndecidedAnswer:
		fmt.Fprintln(s.World.Stderr, waysOn)
	case op.Reason == lro.NoStatusURL:
		fmt.Fprintln(s.World.Stderr, "the operation may still be running. If its id is in the answer, --dialect NAME of an API that asyncctl knows, or --api FILE, says where the status is (asyncctl help api-file; asyncctl init drafts one)")
	case op.Reason == lro.DeadlinePassed && (op.Doubtful || op.Native != "" && lro.Word(op.Native) == lro.StateUnknown):
		fmt.Fprintf(s.World.Stderr, "its last state %q is not a known word: --success-when or --failure-when says what it means\n", render.Clean(op.Native))
	case op.Reason == lro.OperationPartial:
		fmt.Fprintln(s.World.Stderr, "if a part is enough, --allow-partial takes it for a success and fetches the result")
	case op.Reason == lro.HintBeyondDeadline:
		fmt.Fprintf(s.World.Stderr, "the next poll is due in %s, and --timeout %s is over before; use a longer --timeout, or --max-interval to ask earlier all the same\n",
			render.Duration(time.Until(op.NotBefore)), s.Waiting.Timeout.String())
	case op.Reason == lro.DeadlinePassed && op.Misses > 1:
		fmt.Fprintf(s.World.Stderr, "the last %d polls returned no status; -v shows the reasons\n", op.Misses)
	case op.Reason == lro.CredentialsWithheld:
		fmt.Fprintf(s.World.Stderr, "if you trust it with your credentials, add --trust-origin %s\n", curl.Quote(lro.Origin(e.Response.URL)))
	}
	if op.Reason == lro.Interrupted && s.Waiting.onInterrupt == "cancel" && op.StatusURL != "" {
		s.callOff(op)
		return
	}
	if e.Cancel == lro.CancelTooLate && op.StatusURL != "" && !s.mock {
		fmt.Fprintf(s.World.Stderr, "to see how it ended: %s\n", s.resumeLine(op))
		return
	}
	if op.StatusURL != "" && op.Outcome != lro.Failed && op.Outcome != lro.Cancelled && op.Outcome != lro.Gone && op.Outcome != lro.Succeeded {
		if s.mock {
			fmt.Fprintln(s.World.Stderr, "the mock ends with this command, and the operation with it; \"asyncctl mockserver\" is one that stays")
			return
		}
		fmt.Fprintln(s.World.Stderr, "the operation is not cancelled")
		s.sayHow(op)
	}
}

// mayHaveArrived reports whether a submit that ended so may have started an operation.
func mayHaveArrived(r lro.Reason) bool {
	switch r.Class() {
	case lro.ClassTransport, lro.ClassServer, lro.ClassDeadline, lro.ClassInterrupted:
		return true
	}
	return false
}

// callOff keeps the promise of --on-interrupt cancel, within five seconds.
func (s *Session) callOff(op lro.Operation) {
	if s.destroys(op) {
		fmt.Fprintf(s.World.Stderr, "it is not cancelled: with %s that removes more than the work, such as results\n", op.Dialect)
		s.sayHow(op)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	op.Phase, op.Outcome, op.Reason, op.Home = lro.Polling, lro.Undecided, lro.ReasonNone, s.latest.Home
	if _, _, err := s.client.Cancel(ctx, op); err != nil {
		fmt.Fprintf(s.World.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
		s.sayHow(op)
		return
	}
	fmt.Fprintln(s.World.Stderr, "the server accepted the cancellation")
}

// result delivers what an operation produced and tells how it ended.
func (s *Session) result(ctx, bounded context.Context, res *poller.Result, file *app.File, err error) error {
	if file != nil {
		defer file.Abandon()
	}
	if err != nil {
		var failed *poller.Error
		if errors.As(err, &failed) {
			return s.finish(ctx, failed.Operation, nil, err)
		}
		return s.finish(ctx, s.latest, nil, err)
	}
	if file == nil && app.IsTerminal(s.World.Stdout) {
		s.view.Close() // the result goes where the view is
	}
	content, err := s.delivered(bounded, res, file)
	return s.finish(ctx, res.Operation, content, err)
}
