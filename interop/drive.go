package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// document is what we read of asyncctl's JSON document.
type document struct {
	Outcome string          `json:"outcome"`
	Reason  string          `json:"reason"`
	Dialect string          `json:"dialect"`
	Result  json.RawMessage `json:"result"`
}

// seen is what came out of a row.
type seen struct {
	document
	exit   int
	errors string
	passed []exchange
}

// run runs the suites and prints the table.
func run(ctx context.Context, s *stage, chosen []suite) error {
	defer s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	all := true
	fmt.Printf(tableLine, "SERVER", "OPERATION", "DIALECT", "EXPECTED", "SEEN", "EXIT", "REQUESTS")
	for _, c := range chosen {
		ok, err := runSuite(ctx, s, c, os.Stdout)
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		if err != nil {
			fmt.Printf("%-10s %v\n", c.name, err)
		}
		all = all && ok && err == nil
	}
	if !all {
		return errMismatch
	}
	return nil
}

const tableLine = "%-10s %-46s %-17s %-10s %-10s %4s %8s\n"

// runSuite starts one server on a stage of its own, asks everything, and ends the server.
func runSuite(ctx context.Context, shared *stage, c suite, w io.Writer) (bool, error) {
	if err := missing(c.tools); err != nil {
		return false, err
	}
	s, err := shared.sub(c.name)
	if err != nil {
		return false, err
	}
	defer s.close()
	t, err := c.start(ctx, s)
	if err != nil {
		return false, err
	}
	f, err := s.before(t)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(w, "%-10s %s\n", c.name, t.version)
	all := true
	for _, r := range t.rows {
		ok, err := runRow(ctx, s, c, t, f, r, w)
		if err != nil {
			return false, fmt.Errorf("%s: %w", r.name, err)
		}
		all = all && ok
	}
	if t.judge == nil {
		return all, nil
	}
	verdicts, err := t.judge(ctx)
	for _, v := range verdicts {
		fmt.Fprintf(w, "%-10s its own verdict: %-60s %s\n", c.name, v.name, v.said)
		all = all && v.ok
	}
	return all, err
}

// before puts a front before the target; nil where requests go to the server itself.
func (s *stage) before(t *target) (*front, error) {
	switch {
	case t.direct:
		return nil, nil
	case t.socket != "":
		f, err := s.front("unix", t.socket)
		if err == nil {
			t.socket = f.address
		}
		return f, err
	}
	scheme, host, _ := strings.Cut(t.base, "://")
	f, err := s.front("tcp", host)
	if err == nil {
		t.base = scheme + "://" + f.address
	}
	return f, err
}

func runRow(ctx context.Context, s *stage, c suite, t *target, f *front, r row, w io.Writer) (bool, error) {
	if r.before != nil {
		if err := r.before(ctx); err != nil {
			return false, err
		}
	}
	if f != nil {
		f.take()
	}
	got, err := s.ask(ctx, t, r.args)
	if err != nil {
		return false, err
	}
	requests := "-"
	if f != nil {
		got.passed = f.take()
		requests = fmt.Sprint(len(got.passed))
	}
	fmt.Fprintf(w, tableLine, c.name, r.name, got.Dialect, r.want.outcome, got.Outcome, fmt.Sprint(got.exit), requests)
	wrong := r.want.compare(got, f != nil)
	for _, line := range wrong {
		fmt.Fprintf(w, "  !! %s\n", line)
	}
	if wrong != nil {
		got.explain(w)
	}
	if s.record != "" && f != nil {
		err = writeTranscript(s.record, c.name, t, r, got)
	}
	return wrong == nil, err
}

// ask runs asyncctl, or the other client, as people do, and reads its JSON document.
func (s *stage) ask(ctx context.Context, t *target, args []string) (seen, error) {
	program, args := t.client, s.fill(t, args)
	if program == "" {
		program = s.binary
		args = append(args, "--format", "json", "--silent", "--no-config")
		if args[0] != "status" { // which waits for nothing
			args = append(args, "--timeout", "30s", "--interval", "100ms")
		}
	}
	cmd := exec.CommandContext(ctx, program, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return seen{}, err
	}
	got := seen{exit: cmd.ProcessState.ExitCode(), errors: said.String()}
	if err := json.Unmarshal(out.Bytes(), &got.document); err != nil {
		got.Outcome = "unreadable"
	}
	return got, nil
}

// fill puts the target's addresses into arguments.
func (s *stage) fill(t *target, args []string) []string {
	filled := make([]string, 0, len(args)+2)
	put := strings.NewReplacer("{url}", t.base, "{work}", s.work)
	for _, a := range args {
		filled = append(filled, put.Replace(a))
	}
	if t.socket != "" {
		filled = append(filled, "--unix-socket", t.socket)
	}
	return filled
}

// compare says what is not as wanted.
func (w want) compare(got seen, counted bool) []string {
	var wrong []string
	note := func(what string, got, want any) {
		wrong = append(wrong, fmt.Sprintf("%s: got %v, want %v", what, got, want))
	}
	if got.exit != w.exit {
		note("exit code", got.exit, w.exit)
	}
	if w.outcome != "" && got.Outcome != w.outcome {
		note("outcome", got.Outcome, w.outcome)
	}
	if w.dialect != "" && got.Dialect != w.dialect {
		note("dialect", got.Dialect, w.dialect)
	}
	if w.reason != "" && got.Reason != w.reason {
		note("reason", got.Reason, w.reason)
	}
	if squeezed := squeeze(got.Result); !strings.Contains(squeezed, w.result) {
		note("result", squeezed, w.result)
	}
	if counted && w.requests != 0 && len(got.passed) != w.requests {
		note("requests", len(got.passed), w.requests)
	}
	return wrong
}

// squeeze takes white space out of JSON, as far as it is JSON.
func squeeze(result json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, result) != nil {
		return string(result)
	}
	return b.String()
}

// explain shows what led to a mismatch: what was said, and the first and the last exchanges.
func (got seen) explain(w io.Writer) {
	for _, line := range strings.Split(strings.TrimSpace(got.errors), "\n") {
		fmt.Fprintf(w, "     %s\n", line)
	}
	for i, e := range got.passed {
		if i < 3 || i == len(got.passed)-1 {
			fmt.Fprintf(w, "     %s\n", e.line())
		} else if i == 3 {
			fmt.Fprintln(w, "     ...")
		}
	}
}
