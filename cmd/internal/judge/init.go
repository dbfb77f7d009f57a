package judge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/target"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Init writes a target file to be completed.
type Init struct {
	World   app.World
	Subject SubjectFlags
	URL     string
}

func (i *Init) Run(ctx context.Context, args []string) error {
	path := "conformance.yaml"
	if len(args) > 0 {
		path = args[0]
	}
	if i.URL != "" && lro.Origin(i.URL) == "" && !strings.HasPrefix(i.URL, "mock:") {
		return app.Usagef("--url %q is not a URL to submit to: write http://host, https://host or mock:", i.URL)
	}
	sketch := target.Sketch{Slow: conformance.Submit{URL: i.URL}}
	switch {
	case i.Subject.openapi != "":
		var at []string
		if i.URL != "" {
			at = []string{i.URL}
		}
		made, err := i.Subject.sketch(at)
		if err != nil {
			return err
		}
		sketch = *made
	case i.Subject.operation != "":
		return app.Usagef("--operation chooses from a document: it goes with --openapi")
	}
	text := target.Template(sketch)
	if path == "-" {
		fmt.Fprint(i.World.Stdout, text)
		return nil
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return app.Usagef("%s is there already, and is left alone; say another name: asyncctl conformance init FILE", path)
	}
	if err := app.WriteFile(ctx, path, app.Public, []byte(text)); err != nil {
		return err
	}
	fmt.Fprintf(i.World.Stderr, "wrote %s: complete it, and run: asyncctl conformance --target %s\n", path, path)
	return nil
}
