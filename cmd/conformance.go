package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/conformance/report"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// conformanceCommand judges an API.
type conformanceCommand struct {
	w       World
	subject subjectFlags
	rules   ruleFlags
	waivers waiverFlags
	reports reportFlags
	shape   outputFlags
	prof    profileFlags

	timeout, probeTimeout, requestTimeout curl.Seconds
	interval, settle                      curl.Seconds
	atOnce                                bool // --settle 0
	record, replay                        string
}

func newConformance(w World) *cobra.Command {
	k := &conformanceCommand{w: w}
	c := &cobra.Command{
		Use:   "conformance [URL]",
		Short: "Judge an asynchronous API: can any decent client live with it?",
		Long: `Judge a running asynchronous API by rules from the RFCs, from the pattern and from experience.
Probes hold conversations with it, checks judge what was said.

The API is named by URL and curl's flags, or described by a file (--target, which "asyncctl
conformance init" writes), or by an OpenAPI document (--openapi). What is not described is not
checked, and is listed as skipped. URL may be mock: for a server inside this process.

The probes start some twenty operations, poll politely, cancel only their own, and send bursts only
if the target file allows them. Violations of rules below --level are warnings. The exit code is 1
if something fails, 2 if nothing was checked, and 3 to 6 if the target could not be judged at all.

stdout has the report for people, unless another one goes there.`,
		Example: `  asyncctl conformance mock:                                   # see one run, without any server
  asyncctl conformance https://api.example.com/reports --json '{"year":2026}' -H @headers.txt
  asyncctl conformance init && asyncctl conformance --target conformance.yaml --level should
  asyncctl conformance --target conformance.yaml --report junit=junit.xml --report html=report.html
  asyncctl conformance --openapi api.yaml --operation createReport --rule 'retry-after-*'
  asyncctl conformance --replay traffic.har                    # judge recorded traffic, without a network
  asyncctl conformance explain retry-after-syntax`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			k.atOnce = c.Flags().Changed("settle") && k.settle == 0
			return k.run(c.Context(), args)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	k.subject.bindFiles(fs)
	k.rules.bind(fs)
	k.waivers.bind(fs)
	k.reports.bind(fs)
	fs.StringVar(&k.record, "record", "", "keep the conversations in this `directory`")
	fs.StringVar(&k.replay, "replay", "", "judge what --record kept in this `directory`, or a HAR file; nothing is sent")
	fs.Var(&k.timeout, "timeout", "bound the whole run (`seconds` or 1m30s; default 5m)")
	fs.Var(&k.probeTimeout, "probe-timeout", "bound each conversation (default 2m)")
	fs.Var(&k.requestTimeout, "request-timeout", "give up a single request after so long without an answer (default 30s)")
	fs.Var(&k.interval, "interval", "shortest wait between polls where the server does not say (default 1s)")
	fs.Var(&k.settle, "settle", "how long after its end an operation is asked for again (default 5s)")
	fs.StringVar(&k.shape.progress, "progress", "auto", "auto, tui, plain, json (events, one a line) or none; on stderr")
	fs.StringVar(&k.shape.color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	fs.BoolVarP(&k.shape.silent, "silent", "s", false, "no progress; errors are still shown")
	fs.BoolVarP(&k.shape.verbose, "verbose", "v", false, "show each request, and list what passes too")
	k.prof.bind(fs)
	k.subject.bind(fs)
	c.AddCommand(newConformanceInit(w), newConformanceList(w), newConformanceExplain(w), newConformanceSelfTest(w))
	for _, sub := range c.Commands() {
		checkUsage(sub)
	}
	return c
}

func (k *conformanceCommand) check(args []string) error {
	if err := oneOf("--progress", k.shape.progress, "auto", "tui", "plain", "json", "none"); err != nil {
		return err
	}
	if err := oneOf("--color", k.shape.color, "auto", "always", "never"); err != nil {
		return err
	}
	if k.replay != "" && (len(args) > 0 || k.subject.described() || k.record != "") {
		return usagef("--replay judges what was recorded: it goes with no URL, --target, --openapi or --record")
	}
	return nil
}

func (k *conformanceCommand) run(ctx context.Context, args []string) error {
	if err := k.check(args); err != nil {
		return err
	}
	selected, err := k.rules.selection()
	if err != nil {
		return err
	}
	waivers, err := k.waivers.read()
	if err != nil {
		return err
	}
	if err := k.checkRecord(); err != nil {
		return err
	}
	k.subject.w = k.w
	subject, err := k.subject.find(k.replay, args)
	if err != nil {
		return err
	}
	defer subject.close()
	if slow := subject.target.Target.Slow; slow != nil {
		if err := k.prof.check(slow.URL); err != nil {
			return err
		}
	}
	outputs, err := k.reports.open(k.w, subject.anchor)
	if err != nil {
		return err
	}
	defer outputs.abandon()
	r, err := k.judge(ctx, subject, selected)
	if err != nil {
		return err
	}
	r.Version, r.TargetFile = versionText(), subject.file
	known := map[string]string{}
	for _, rule := range conformance.Rules() {
		known[rule.ID], known[rule.Code] = rule.ID, rule.ID
	}
	k.waivers.apply(r, waivers, known)
	return k.finish(ctx, r, subject, outputs)
}

// checkRecord makes sure, before anything is asked, that the conversations can be kept.
func (k *conformanceCommand) checkRecord() error {
	if k.record == "" {
		return nil
	}
	if err := os.MkdirAll(k.record, 0o700); err != nil {
		return usagef("--record: %v", err)
	}
	file, err := newAtomicFile(filepath.Join(k.record, "evidence.json"), 0o600)
	if err != nil {
		return err
	}
	file.abandon()
	return nil
}

// withoutSecrets is a target as it may be kept: without the values of fields that carry credentials.
func withoutSecrets(t conformance.Target) conformance.Target {
	for _, submit := range []**conformance.Submit{&t.Slow, &t.Fast, &t.Fail, &t.Invalid} {
		if *submit == nil {
			continue
		}
		kept := **submit
		kept.Header = slices.DeleteFunc(slices.Clone(kept.Header), func(f conformance.Field) bool { return credential(f.Name) })
		*submit = &kept
	}
	return t
}

// judge holds the conversations, or reads them, and judges them.
func (k *conformanceCommand) judge(ctx context.Context, s *subject, selected func(*conformance.Rule) bool) (*conformance.Report, error) {
	view, err := k.view(s.title())
	if err != nil {
		return nil, err
	}
	defer view.Close()
	level := conformance.Level(k.rules.level)
	if k.replay != "" {
		return conformance.Judge(s.evidence, conformance.Judging{Dialect: s.dialect, Level: level, Select: selected, Observe: view.Event}), nil
	}
	settle := time.Duration(k.settle)
	if k.atOnce {
		settle = -1
	}
	suite := conformance.Suite{
		Dialect: s.dialect, Transport: s.transport, Header: s.header, Credentials: s.credentials, Other: s.other, Trust: s.trust,
		Pace: lro.Pace{Min: time.Duration(k.interval)}, Budget: time.Duration(k.timeout), Patience: time.Duration(k.probeTimeout),
		RequestTimeout: time.Duration(k.requestTimeout), Settle: settle, Level: level, Select: selected, Observe: view.Event,
	}
	return suite.Run(ctx, s.target.Target), nil
}

// finish writes what is to be written, and returns the error that carries the exit code.
func (k *conformanceCommand) finish(ctx context.Context, r *conformance.Report, s *subject, outputs *reportOutputs) error {
	gate := k.rules.gate()
	if k.record != "" {
		e := &conformance.Evidence{Target: withoutSecrets(s.target.Target), Dialect: r.Dialect, Transcripts: r.Transcripts}
		if err := conformance.Record(k.record, e); err != nil {
			return usagef("--record: %v", err)
		}
	}
	if err := outputs.write(r, gate, k.shape); err != nil {
		return err
	}
	if err := k.waivers.suggest(k.w, r, gate); err != nil {
		return err
	}
	verdict := gate.Judge(r)
	if !outputs.text {
		fmt.Fprintf(k.w.Stderr, "asyncctl: %s\n", render.Clean(report.Headline(r, gate)))
	}
	switch verdict.Word {
	case "passed":
		return nil
	case "interrupted":
		return exitError(signalCode(ctx))
	case "broken":
		return exitError(brokenCode(r))
	case "empty":
		return exitError(exitUsage)
	}
	return exitError(exitNo)
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
		return exitUnreachable
	case status/100 == 5:
		return exitServer
	}
	return exitRefused // a 4xx, or a page to log in
}
