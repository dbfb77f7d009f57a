package judge

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Command judges an API.
type Command struct {
	World   app.World
	Subject SubjectFlags
	Rules   ruleFlags
	Waivers waiverFlags
	Reports reportFlags
	Shape   follow.Output
	Profile config.Profile

	Timeout, ProbeTimeout, RequestTimeout curl.Seconds
	Interval, Settle                      curl.Seconds
	AtOnce                                bool // --settle 0
	Record, Replay                        string
	Limits                                limitFlags
	Plan                                  bool
}

func (k *Command) check(args []string) error {
	if err := app.OneOf("--progress", k.Shape.Progress, "auto", "tui", "plain", "json", "none"); err != nil {
		return err
	}
	if err := app.OneOf("--color", k.Shape.Color, "auto", "always", "never"); err != nil {
		return err
	}
	if k.Replay != "" && (len(args) > 0 || k.Subject.openapi != "" || k.Record != "") {
		return app.Usagef("--replay judges what was recorded: it goes with no URL, --openapi or --record")
	}
	return nil
}

func (k *Command) Run(ctx context.Context, args []string) error {
	if err := k.check(args); err != nil {
		return err
	}
	if k.Subject.API.Given() {
		return k.runAPI(ctx, args)
	}
	if len(args) > 1 {
		return app.Usagef("one URL is judged at a time; several operations are named with --api FILE")
	}
	return k.one(ctx, args)
}

// one judges one subject.
func (k *Command) one(ctx context.Context, args []string) error {
	if k.Subject.API.Given() {
		k.skips()
	}
	selected, err := k.Rules.selection()
	if err != nil {
		return err
	}
	waivers, err := k.Waivers.read()
	if err != nil {
		return err
	}
	if k.Subject.API.Given() {
		waivers = append(waivers, waiversOf(k.Subject.API.File().Checks.Waivers)...)
	}
	if err := k.checkRecord(); err != nil {
		return err
	}
	k.Subject.World = k.World
	subject, err := k.Subject.find(k.Replay, args)
	if err != nil {
		return err
	}
	defer subject.close()
	if slow := subject.target.Slow; slow != nil {
		if err := k.Profile.Check(slow.URL); err != nil {
			return err
		}
	}
	suite, err := k.suite(subject, selected)
	if err != nil {
		return err
	}
	if k.Plan {
		return k.printPlan(suite, subject)
	}
	outputs, err := k.Reports.open(ctx, k.World, subject.anchor)
	if err != nil {
		return err
	}
	defer outputs.abandon()
	r, err := k.judge(ctx, suite, subject)
	if err != nil {
		return err
	}
	r.Version = app.VersionText()
	if k.Subject.API.Given() {
		r.TargetFile = subject.anchor
	}
	known := map[string]string{}
	for _, rule := range conformance.Rules() {
		known[rule.ID], known[rule.Code] = rule.ID, rule.ID
	}
	k.Waivers.apply(r, waivers, known)
	return k.finish(ctx, r, outputs)
}

// checkRecord makes sure, before anything is asked, that the conversations can be kept.
func (k *Command) checkRecord() error {
	if k.Record == "" {
		return nil
	}
	if err := os.MkdirAll(k.Record, 0o700); err != nil {
		return app.Usagef("--record: %v", err)
	}
	return app.Writable(filepath.Join(k.Record, "evidence.json"))
}

// mockSettle is how long after its end an operation of a mock is asked for again: it forgets nothing so
// soon.
const mockSettle = 1500 * time.Millisecond

// suite is how the subject is judged.
func (k *Command) suite(s *subject, selected func(conformance.Rule) bool) (conformance.Suite, error) {
	settle := time.Duration(k.Settle)
	if k.AtOnce {
		settle = -1
	}
	if settle == 0 && s.mocked {
		settle = mockSettle
	}
	limits, err := k.Limits.limits(s.limits)
	if err != nil {
		return conformance.Suite{}, err
	}
	if slow := s.target.Slow; slow != nil && k.Replay == "" {
		method := cmp.Or(slow.Method, http.MethodPost)
		if !limits.May(http.MethodGet) || !limits.May(method) {
			return conformance.Suite{}, app.Usagef("nothing can be judged without %s and GET, and only %s may be sent (--methods)", method, strings.Join(limits.Methods, ", "))
		}
	}
	return conformance.Suite{
		Dialect: s.dialect, Transport: transportOf(s), Header: s.header.HTTP(), Credentials: s.source(), Other: s.other.HTTP(), Policy: lro.Policy{Trust: s.trust},
		Limits: limits, Pace: lro.Pace{Min: k.Subject.API.Interval(time.Duration(k.Interval))}, Budget: time.Duration(k.Timeout), Patience: time.Duration(k.ProbeTimeout),
		RequestTimeout: time.Duration(k.RequestTimeout), Settle: settle, Level: conformance.Level(k.Rules.level), Select: selected,
	}, nil
}

// transportOf is what reaches the subject; nil where nothing is sent.
func transportOf(s *subject) http.RoundTripper {
	if s.transport == nil {
		return nil
	}
	return s.transport
}

// printPlan says what would be sent.
func (k *Command) printPlan(suite conformance.Suite, s *subject) error {
	if k.Replay != "" {
		return app.Usagef("--plan says what would be sent, and --replay sends nothing")
	}
	_, err := fmt.Fprint(k.World.Stdout, suite.Plan(s.target))
	return err
}

// judge holds the conversations, or reads them, and judges them.
func (k *Command) judge(ctx context.Context, suite conformance.Suite, s *subject) (*conformance.Report, error) {
	view, err := k.view(s.title())
	if err != nil {
		return nil, err
	}
	defer view.Close()
	if k.Replay != "" {
		return conformance.Judge(s.evidence, conformance.Judging{Dialect: s.dialect, Level: suite.Level, Select: suite.Select,
			Observe: func(r *conformance.Result) { view.Event(conformance.Event{Judged: r}) }}), nil
	}
	suite.Observe = view.Event
	return suite.Run(ctx, s.target), nil
}

// finish writes what is to be written, and returns the error that carries the exit code.
func (k *Command) finish(ctx context.Context, r *conformance.Report, outputs *reportOutputs) error {
	gate := k.Rules.gate()
	if k.Record != "" {
		if err := conformance.Record(k.Record, r.Evidence()); err != nil {
			return app.Usagef("--record: %v", err)
		}
	}
	if err := outputs.write(r, gate, k.Shape); err != nil {
		return err
	}
	if err := k.Waivers.suggest(k.World, r, gate); err != nil {
		return err
	}
	verdict := gate.Judge(r)
	if !outputs.text {
		fmt.Fprintf(k.World.Stderr, "asyncctl: %s\n", render.Clean(report.Headline(r, gate)))
	}
	switch verdict.Word {
	case "passed":
		return nil
	case "interrupted":
		return app.Exit(app.SignalCode(ctx))
	case "broken":
		return app.Exit(brokenCode(r))
	case "empty":
		return app.Exit(app.ExitUsage)
	}
	return app.Exit(app.ExitNo)
}

// brokenCode is the exit code for a target that could not be judged, by what became of its submit.
func brokenCode(r *conformance.Report) int {
	status := 0
	for _, t := range r.Transcripts {
		for _, x := range t.Exchanges {
			if t.Probe == conformance.ProbeSlow && x.Role == conformance.RoleSubmit {
				status = x.Response.Status
			}
		}
	}
	switch {
	case status == 0:
		return app.ExitUnreachable
	case status/100 == 5:
		return app.ExitServer
	}
	return app.ExitRefused // a 4xx, or a page to log in
}
