package judge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
)

// waiverFlags excuse findings.
type waiverFlags struct{ file, write string }

func (f *waiverFlags) Bind(fs *pflag.FlagSet) {
	fs.StringVar(&f.file, "waivers", "", "`file` of findings that are excused, each with a reason and the day on which that ends; one that is not needed any more fails the run")
	fs.StringVar(&f.write, "write-waivers", "", "write entries for what fails now to this `file`, to be completed; - for stdout")
}

// read returns the waivers, and finds out whether the file to write can be.
func (f *waiverFlags) read() ([]conformance.Waiver, error) {
	if f.write != "" && f.write != "-" {
		if _, err := os.Lstat(f.write); !errors.Is(err, fs.ErrNotExist) {
			return nil, app.Usagef("--write-waivers %s: it exists already; write to another file, and merge what you need", f.write)
		}
		if err := app.Writable(f.write); err != nil {
			return nil, err
		}
	}
	if f.file == "" {
		return nil, nil
	}
	waivers, err := ReadWaivers(f.file)
	if err != nil {
		return nil, app.Usagef("--waivers: %v", err)
	}
	return waivers, nil
}

// ReadWaivers reads a file of waivers alone. That a rule exists and that the day is not past is not looked
// at: [Waive] does.
func ReadWaivers(path string) ([]conformance.Waiver, error) {
	all, err := api.ReadWaivers(path)
	return waiversOf(all), err
}

func waiversOf(all []api.Waiver) []conformance.Waiver {
	var made []conformance.Waiver
	for _, w := range all {
		made = append(made, conformance.Waiver{Rule: w.Rule, Match: w.Match, Reason: w.Reason, Expires: w.Expires})
	}
	return made
}

// apply excuses what is waived.
func (f *waiverFlags) apply(r *conformance.Report, waivers []conformance.Waiver, known map[string]string) {
	Waive(r, waivers, known, time.Now())
}

// suggest writes entries for what fails, or, to a person who keeps waivers, prints them.
func (f *waiverFlags) suggest(w app.World, r *conformance.Report, gate report.Gate) error {
	entries := WaiverEntries(r, gate.Fails, time.Now())
	switch {
	case entries == "" && f.write == "" || f.write == "" && f.file == "":
		return nil
	case f.write == "":
		fmt.Fprintf(w.Stderr, "to excuse what is new for a time, complete these entries and add them to %s:\n%s", f.file, indented(entries))
		return nil
	case f.write == "-":
		fmt.Fprint(w.Stdout, entries)
		return nil
	case entries == "":
		fmt.Fprintln(w.Stderr, "nothing fails: there are no waivers to write")
		return nil
	}
	if err := app.WriteFile(context.Background(), f.write, app.Public, []byte(entries)); err != nil {
		return err
	}
	fmt.Fprintf(w.Stderr, "wrote %s: complete the reasons, and use it with --waivers %s\n", f.write, f.write)
	return nil
}

func indented(text string) string {
	return app.Indent(strings.TrimRight(text, "\n")) + "\n"
}
