package follow

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxHandle bounds a handle file: one that is larger is something else.
const maxHandle = 64 << 10

// readHandle returns the operation that a HANDLE argument stands for: a status URL, a handle file,
// or - for either on stdin.
//
// A URL that the person typed names its origin. A file names none: whoever wrote it would decide
// where the person's credentials go.
func readHandle(arg string, stdin io.Reader) (lro.Operation, error) {
	if app.IsURL(arg) {
		return fromURL(arg)
	}
	var content []byte
	var err error
	if arg == "-" {
		content, err = bounded.Read(stdin, "stdin", maxHandle)
	} else {
		content, err = bounded.File(arg, maxHandle)
	}
	if err != nil {
		return lro.Operation{}, app.Usagef("%q is neither a URL nor a handle file: %v", arg, err)
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	if app.IsURL(string(text)) && !bytes.ContainsAny(text, " \n") {
		op, err := fromURL(string(text))
		if arg != "-" {
			op.Home = ""
		}
		return op, err
	}
	var op lro.Operation
	if !json.Valid(text) {
		return op, app.Usagef("%s is not a handle: it holds neither a URL nor a JSON document", arg)
	}
	if err := json.Unmarshal(text, &op); err != nil {
		return op, app.Usagef("%s: %v", arg, err)
	}
	return op, nil
}

func fromURL(text string) (lro.Operation, error) {
	op, err := lro.Resume(text)
	if err != nil {
		return op, app.Usagef("that status URL cannot be used: %v", err)
	}
	return op, nil
}

// saveHandle writes the operation's handle for its owner's eyes alone.
func saveHandle(path string, op lro.Operation) error {
	text, err := json.MarshalIndent(op, "", "  ")
	if err != nil {
		return err
	}
	return app.WriteFile(context.Background(), path, app.Private, append(text, '\n'))
}

// checkTrust refuses to go on with a handle from a file while there are credentials, or another way
// to its host, and nobody has said which origin they are for.
func (s *Session) checkTrust(op lro.Operation, arg string) error {
	origin := lro.Origin(op.StatusURL)
	route := s.Connection.Reroutes(op.StatusURL)
	secrets := s.secrets || op.Home == "" && s.client.HeaderFor != nil && s.client.HeaderFor(origin) != nil
	switch {
	case !secrets && (route == "" || op.Home != ""):
		return nil
	case op.Home != "" && s.keys().Opens(origin), slices.Contains(s.client.Policy.Trust, origin):
		return nil
	case op.Home != "":
		return app.Usagef("%s is at %s, and your headers and credentials are for %s; to send them there too, add --trust-origin %s", show.URL(arg), origin, s.client.Origin, curl.Quote(origin))
	case !secrets:
		return app.Usagef("the handle %s leads to %s, which you have not named; for %s to count there, add --trust-origin %s", arg, origin, route, curl.Quote(origin))
	}
	return app.Usagef("the handle %s leads to %s, which you have not named; to send your headers and credentials there, add --trust-origin %s", arg, origin, curl.Quote(origin))
}

// keys says which origins the credentials of this run are for.
func (s *Session) keys() reach.Keys {
	return reach.Keys{Home: s.client.Origin, Trusted: s.client.Policy.Trust}
}
