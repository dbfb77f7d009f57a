package curl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// Credentials is where credentials come from that may have to be renewed while an operation goes on.
// It has the form of poller.Client's field of that name.
type Credentials = func(ctx context.Context, renew bool) (http.Header, error)

// CredentialsError reports credentials that could not be had: without them nothing is sent.
type CredentialsError struct{ Err error }

func (e *CredentialsError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *CredentialsError) Unwrap() error { return e.Err }

// NotSent reports that the error is the person's to mend: no request has left.
func (e *CredentialsError) NotSent() bool { return true }

// World is what credentials are taken from beside the flags.
type World struct {
	Env    func(name string) string
	Stderr io.Writer // of the token command
}

// The largest token and netrc file that are read, in bytes.
const (
	mostToken = 1 << 20
	mostNetrc = 4 << 20
)

// UsesNetrc reports whether the credentials depend on the host that they are for.
func (f *Header) UsesNetrc() bool { return f.netrc || f.netrcFile != "" }

// Credentials returns the source of the credentials for a URL; nil for none. What can be found out to
// be wrong at once is; a token command runs first when the source is asked.
func (f *Header) Credentials(target string, w World) (Credentials, error) {
	switch {
	case f.tokenFile != "" && f.tokenCommand != "":
		return nil, errors.New("--token-file and --token-command exclude each other")
	case f.tokenFile != "":
		if _, err := f.readToken(); err != nil {
			return nil, fmt.Errorf("--token-file: %w", err)
		}
		return func(context.Context, bool) (http.Header, error) { return f.readToken() }, nil
	case f.tokenCommand != "":
		return func(ctx context.Context, _ bool) (http.Header, error) { return f.runToken(ctx, w.Stderr) }, nil
	case f.UsesNetrc() && f.user == "": // curl: -u beats netrc
		h, err := f.readNetrc(target, w.Env)
		if err != nil || h == nil {
			return nil, err
		}
		return func(context.Context, bool) (http.Header, error) { return h, nil }, nil
	}
	return nil, nil
}

func (f *Header) readToken() (http.Header, error) {
	content, err := bounded.File(f.tokenFile, mostToken)
	if err != nil {
		return nil, err
	}
	return bearer(string(content), f.tokenFile)
}

func (f *Header) runToken(ctx context.Context, stderr io.Writer) (http.Header, error) {
	command := exec.CommandContext(ctx, "sh", "-c", f.tokenCommand)
	command.Stderr = stderr
	command.WaitDelay = time.Second // what the shell started may outlive it and hold its output open
	out, err := command.Output()
	if err != nil {
		return nil, &CredentialsError{fmt.Errorf("the token command failed: %w", err)}
	}
	h, err := bearer(string(out), "the token command's output")
	if err != nil {
		return nil, &CredentialsError{err}
	}
	return h, nil
}

// bearer is RFC 6750, section 2.1.
func bearer(text, source string) (http.Header, error) {
	token := strings.TrimSpace(text)
	if token == "" || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil, fmt.Errorf("%s is not one token", source)
	}
	return http.Header{"Authorization": {"Bearer " + token}}, nil
}

// ByHost returns what a netrc file says about the host of an origin, for each that is asked for; nil without
// --netrc, or where -u or a token takes its place.
func (f *Header) ByHost(w World) (func(origin string) http.Header, error) {
	if !f.UsesNetrc() || f.user != "" || f.tokenFile != "" || f.tokenCommand != "" {
		return nil, nil
	}
	content, err := f.netrcContent(w.Env)
	if err != nil {
		return nil, err
	}
	return func(origin string) http.Header { return netrcHeader(content, origin) }, nil
}

// readNetrc finds the entry for the target's host; nil if there is none.
func (f *Header) readNetrc(target string, env func(string) string) (http.Header, error) {
	content, err := f.netrcContent(env)
	if err != nil {
		return nil, err
	}
	return netrcHeader(content, target), nil
}

func (f *Header) netrcContent(env func(string) string) (string, error) {
	file := f.netrcFile
	if file == "" {
		if file = env("NETRC"); file == "" {
			file = filepath.Join(env("HOME"), ".netrc")
		}
	}
	content, err := bounded.File(file, mostNetrc)
	if err != nil {
		return "", fmt.Errorf("--netrc: %w", err)
	}
	return string(content), nil
}

func netrcHeader(content, target string) http.Header {
	u, err := url.Parse(target)
	if err != nil {
		return nil
	}
	login, password, ok := netrcEntry(content, u.Hostname())
	if !ok {
		return nil
	}
	return http.Header{"Authorization": {basic(login, password)}}
}
