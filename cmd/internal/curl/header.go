package curl

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/spf13/pflag"
)

// Header is what is sent with every request to the origins that the person named. All of it counts as
// a credential: names of secret headers cannot be known. The zero value sends nothing.
type Header struct {
	headers      []string
	user         string
	agent        string
	tokenFile    string
	tokenCommand string
	netrc        bool
	netrcFile    string
}

// Bind makes the flags of fs set the header.
func (f *Header) Bind(fs *pflag.FlagSet) {
	fs.StringArrayVarP(&f.headers, "header", "H", nil, "`header` to send: 'Name: value', 'Name;' (empty) or @file (keeps secrets out of the process list)")
	fs.StringVarP(&f.user, "user", "u", "", "`user:password` for basic authentication; user:@file reads the password from a file")
	fs.StringVarP(&f.agent, "user-agent", "A", "", "`name` to send as User-Agent")
	fs.StringVar(&f.tokenFile, "token-file", "", "`file` with a bearer token; it is read again after a 401")
	fs.StringVar(&f.tokenCommand, "token-command", "", "shell `command` that prints a bearer token; it is run again after a 401")
	fs.BoolVarP(&f.netrc, "netrc", "n", false, "take user and password from ~/.netrc")
	fs.StringVar(&f.netrcFile, "netrc-file", "", "like --netrc, from this `file`")
}

// describesContent lists the fields that belong to the submit and not to its polls.
var describesContent = []string{"Content-Type", "Content-Encoding", "Content-Language", "Prefer", "Idempotency-Key", "If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since"}

// Build returns the header for every request, and what the submit carries beside it and in place of
// what [Request.Build] says.
func (f *Header) Build(in *Input) (always, submit http.Header, err error) {
	always, submit = http.Header{}, http.Header{}
	lines, err := f.lines(in)
	if err != nil {
		return nil, nil, err
	}
	for _, line := range lines {
		if err := addHeader(always, line); err != nil {
			return nil, nil, err
		}
	}
	if f.agent != "" {
		if err := addHeader(http.Header{}, "User-Agent: "+f.agent); err != nil {
			return nil, nil, err
		}
		always.Set("User-Agent", f.agent)
	}
	if f.user != "" {
		if err := f.basic(always, in); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range describesContent {
		if v, ok := always[name]; ok {
			submit[name] = v
			always.Del(name)
		}
	}
	if v, ok := always["Accept"]; ok {
		submit["Accept"] = v // it beats the Accept of --json, as in curl
	}
	return always, submit, nil
}

// lines returns the headers of -H, those of files too, where # begins a comment.
func (f *Header) lines(in *Input) ([]string, error) {
	var all []string
	for _, h := range f.headers {
		file, ok := strings.CutPrefix(h, "@")
		if !ok {
			all = append(all, h)
			continue
		}
		content, err := in.read(file, maxLines)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				all = append(all, line)
			}
		}
	}
	return all, nil
}

// addHeader reads "Name: value", "Name;" (present, but empty) and "Name:" (not sent at all), as curl does. What is not
// sent is there without values.
func addHeader(h http.Header, line string) error {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		if name, ok = strings.CutSuffix(line, ";"); !ok {
			return fmt.Errorf("a header is \"Name: value\"; %q has no colon", headerName(line))
		}
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !token(name) {
		return fmt.Errorf("%q is not the name of a header", headerName(name))
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("the value of header %s holds a line break", name)
	}
	if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return fmt.Errorf("the value of header %s holds a control character", name)
	}
	if strings.HasPrefix(name, "^") {
		return errForeignShell
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	if value == "" && strings.HasSuffix(strings.TrimSpace(line), ":") {
		if h[name] == nil {
			h[name] = []string{}
		}
		return nil
	}
	h[name] = append(h[name], value)
	return nil
}

// headerName is what may be shown of a header that could not be read: the first word, as far as it is
// not the only one. The rest may be a secret.
func headerName(line string) string {
	first, _, more := strings.Cut(line, " ")
	if !more {
		return "..."
	}
	return first[:min(len(first), 12)] + "..."
}

func (f *Header) basic(h http.Header, in *Input) error {
	user, password, ok := strings.Cut(f.user, ":")
	if !ok {
		return errors.New("--user: write user:password, or user:@file")
	}
	if file, ok := strings.CutPrefix(password, "@"); ok {
		content, err := in.read(file, maxLines)
		if err != nil {
			return err
		}
		password = strings.TrimRight(string(content), "\r\n")
	}
	h.Set("Authorization", basic(user, password))
	return nil
}

// basic is RFC 7617, section 2.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
