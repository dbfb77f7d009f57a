package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

// headerFlags are what is sent with every request to the origins that the person named. All of it
// counts as a credential: names of secret headers cannot be known.
type headerFlags struct {
	headers      []string
	user         string
	agent        string
	tokenFile    string
	tokenCommand string
	netrc        bool
	netrcFile    string
}

func (f *headerFlags) bind(fs *pflag.FlagSet) {
	fs.StringArrayVarP(&f.headers, "header", "H", nil, "`NAME: VALUE` to send, NAME; for an empty one, @file for a file of them (keeps secrets out of the process list)")
	fs.StringVarP(&f.user, "user", "u", "", "`user:password` for basic authentication; user:@file reads the password from a file")
	fs.StringVarP(&f.agent, "user-agent", "A", "", "`name` to send as User-Agent")
	fs.StringVar(&f.tokenFile, "token-file", "", "`file` with a bearer token; it is read again after a 401")
	fs.StringVar(&f.tokenCommand, "token-command", "", "shell `command` that prints a bearer token; it is run again after a 401")
	fs.BoolVarP(&f.netrc, "netrc", "n", false, "take user and password from ~/.netrc")
	fs.StringVar(&f.netrcFile, "netrc-file", "", "the same from this `file`")
}

// describesContent lists the fields that belong to the submit and not to its polls.
var describesContent = []string{"Content-Type", "Content-Encoding", "Content-Language", "Prefer", "Idempotency-Key", "If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since"}

// build returns the header for every request, and the part that is for the submit alone.
func (f *headerFlags) build(stdin io.Reader) (always, submit http.Header, err error) {
	always, submit = http.Header{}, http.Header{}
	in := &input{stdin: stdin}
	var lines []string
	for _, h := range f.headers {
		file, ok := strings.CutPrefix(h, "@")
		if !ok {
			lines = append(lines, h)
			continue
		}
		content, err := in.read(file)
		if err != nil {
			return nil, nil, err
		}
		for s := bufio.NewScanner(bytes.NewReader(content)); s.Scan(); {
			if line := strings.TrimSpace(s.Text()); line != "" && line[0] != '#' {
				lines = append(lines, line)
			}
		}
	}
	for _, line := range lines {
		if err := addHeader(always, line); err != nil {
			return nil, nil, err
		}
	}
	if f.agent != "" {
		always.Set("User-Agent", f.agent)
	}
	if f.user != "" {
		if err := f.basic(always, in); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range describesContent {
		if v := always.Values(name); len(v) > 0 {
			submit[name] = v
			always.Del(name)
		}
	}
	return always, submit, nil
}

// addHeader reads "Name: value" and "Name;" (present, but empty), as curl does.
func addHeader(h http.Header, line string) error {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		if name, ok = strings.CutSuffix(line, ";"); !ok {
			return usagef("a header is \"Name: value\"; %q has no colon", headerName(line))
		}
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if name == "" || strings.ContainsAny(name, " \t\"(),/;<=>?@[\\]{}") {
		return usagef("%q is not the name of a header", name)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return usagef("the value of header %s holds a line break", name)
	}
	h[textproto.CanonicalMIMEHeaderKey(name)] = append(h[textproto.CanonicalMIMEHeaderKey(name)], value)
	return nil
}

// headerName is what may be shown of a header that could not be read: its value may be a secret.
func headerName(line string) string {
	first, _, _ := strings.Cut(line, " ")
	return first[:min(len(first), 12)] + "..."
}

func (f *headerFlags) basic(h http.Header, in *input) error {
	user, password, ok := strings.Cut(f.user, ":")
	if !ok {
		return usagef("--user %s: write user:password, or user:@file", user)
	}
	if file, ok := strings.CutPrefix(password, "@"); ok {
		content, err := in.read(file)
		if err != nil {
			return err
		}
		password = strings.TrimRight(string(content), "\r\n")
	}
	h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	return nil
}

// credentials returns the source of the credentials that may have to be renewed; nil for none.
func (f *headerFlags) credentials(target string, env func(string) string) (func(context.Context, bool) (http.Header, error), error) {
	switch {
	case f.tokenFile != "" && f.tokenCommand != "":
		return nil, usagef("--token-file and --token-command exclude each other")
	case f.tokenFile != "":
		if _, err := f.readToken(); err != nil {
			return nil, usagef("--token-file: %v", err)
		}
		return func(context.Context, bool) (http.Header, error) { return f.readToken() }, nil
	case f.tokenCommand != "":
		return f.runToken, nil
	case f.netrc || f.netrcFile != "":
		h, err := f.readNetrc(target, env)
		if err != nil || h == nil {
			return nil, err
		}
		return func(context.Context, bool) (http.Header, error) { return h, nil }, nil
	}
	return nil, nil
}

func (f *headerFlags) readToken() (http.Header, error) {
	content, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return nil, err
	}
	return bearer(string(content), f.tokenFile)
}

func (f *headerFlags) runToken(ctx context.Context, _ bool) (http.Header, error) {
	command := exec.CommandContext(ctx, "sh", "-c", f.tokenCommand)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("the token command failed: %w", err)
	}
	return bearer(string(out), "the token command's output")
}

func bearer(text, source string) (http.Header, error) {
	token := strings.TrimSpace(text)
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return nil, fmt.Errorf("%s is not one token", source)
	}
	return http.Header{"Authorization": {"Bearer " + token}}, nil
}

// readNetrc finds the entry for the target's host.
func (f *headerFlags) readNetrc(target string, env func(string) string) (http.Header, error) {
	file := f.netrcFile
	if file == "" {
		if file = env("NETRC"); file == "" {
			file = filepath.Join(env("HOME"), ".netrc")
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("--netrc: %v", err)
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, nil
	}
	login, password, ok := netrcEntry(string(content), u.Hostname())
	if !ok {
		return nil, nil
	}
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))}}, nil
}

// netrcEntry reads the words of a netrc file: machine NAME login L password P, or default.
func netrcEntry(content, host string) (login, password string, ok bool) {
	words := strings.Fields(content)
	matching := false
	for i := 0; i < len(words); i++ {
		next := func() string {
			if i++; i < len(words) {
				return words[i]
			}
			return ""
		}
		switch words[i] {
		case "machine":
			if matching {
				return login, password, true
			}
			matching = strings.EqualFold(next(), host)
		case "default":
			if matching {
				return login, password, true
			}
			matching = true
		case "login":
			if v := next(); matching {
				login = v
			}
		case "password":
			if v := next(); matching {
				password = v
			}
		case "account":
			next()
		}
	}
	return login, password, matching
}
