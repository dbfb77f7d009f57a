package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/target"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// initCommand writes a target file to be completed.
type initCommand struct {
	w       World
	subject subjectFlags
	url     string
}

func newConformanceInit(w World) *cobra.Command {
	i := &initCommand{w: w, subject: subjectFlags{w: w}}
	c := &cobra.Command{
		Use: "init [FILE|-]", Short: "Write a target file with a comment on each field", Args: cobra.MaximumNArgs(1),
		Long: `Write a target file (conformance.yaml, if FILE is not given) with a comment on each field, to be
completed. A file that is there already is left alone. With --openapi it is made from a document.`,
		Example: `  asyncctl conformance init
  asyncctl conformance init api/target.yaml --url https://api.example.com/reports
  asyncctl conformance init --openapi api.yaml --operation createReport`,
		RunE: func(_ *cobra.Command, args []string) error { return i.run(args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&i.url, "url", "", "the `URL` to submit to; with --openapi, where the API is")
	i.subject.bindOpenAPI(fs)
	return c
}

func (i *initCommand) run(args []string) error {
	path := "conformance.yaml"
	if len(args) > 0 {
		path = args[0]
	}
	if i.url != "" && lro.Origin(i.url) == "" && !strings.HasPrefix(i.url, "mock:") {
		return usagef("--url %q is not a URL to submit to: write http://host, https://host or mock:", i.url)
	}
	sketch := target.Sketch{Slow: conformance.Submit{URL: i.url}}
	switch {
	case i.subject.openapi != "":
		var at []string
		if i.url != "" {
			at = []string{i.url}
		}
		made, err := i.subject.sketch(at)
		if err != nil {
			return err
		}
		sketch = *made
	case i.subject.operation != "":
		return usagef("--operation chooses from a document: it goes with --openapi")
	}
	text := target.Template(sketch)
	if path == "-" {
		fmt.Fprint(i.w.Stdout, text)
		return nil
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return usagef("%s is there already, and is left alone; say another name: asyncctl conformance init FILE", path)
	}
	file, err := newAtomicFile(path, 0o644)
	if err != nil {
		return err
	}
	defer file.abandon()
	fmt.Fprint(file, text)
	if err := file.commit(); err != nil {
		return err
	}
	fmt.Fprintf(i.w.Stderr, "wrote %s: complete it, and run: asyncctl conformance --target %s\n", path, path)
	return nil
}
