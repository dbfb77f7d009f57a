package cmd

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/batch"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxInput bounds what is read from a file or from stdin to be sent.
const maxInput = 1 << 30

// requestFlags say what to submit, in curl's words.
type requestFlags struct {
	method    string
	data      []string // -d
	binary    []string // --data-binary
	raw       []string // --data-raw
	urlencode []string // --data-urlencode
	json      []string
	form      []string // -F

	key         string
	preferAsync bool
	preferWait  int
}

func (f *requestFlags) bind(fs *pflag.FlagSet) {
	fs.StringVarP(&f.method, "request", "X", "", "`method` of the submit (default POST)")
	fs.StringArrayVarP(&f.data, "data", "d", nil, "content to submit; @`file`, @- for stdin; line breaks of files are dropped, as in curl")
	fs.StringArrayVar(&f.binary, "data-binary", nil, "the same, byte for byte")
	fs.StringArrayVar(&f.raw, "data-raw", nil, "the same, without a meaning for @")
	fs.StringArrayVar(&f.urlencode, "data-urlencode", nil, "the same, URL-encoded: `content`, =content, name=content, @file, name@file")
	fs.StringArrayVar(&f.json, "json", nil, "JSON `content`; @file, @- for stdin; sets Content-Type and Accept")
	fs.StringArrayVarP(&f.form, "form", "F", nil, "a multipart field: `name=value`, name=@file, name=<file, with ;type= and ;filename=")
	fs.StringVar(&f.key, "idempotency-key", "", "send this Idempotency-Key; `auto` makes one up. With a key the submit may be sent again")
	fs.BoolVar(&f.preferAsync, "prefer-async", false, "ask for an asynchronous answer (Prefer: respond-async)")
	fs.IntVar(&f.preferWait, "prefer-wait", 0, "ask the server to answer at once if it is done within so many `seconds` (Prefer: wait=N)")
}

// build returns the submit. Its header holds what describes the content and nothing that is for
// every request.
func (f *requestFlags) build(target string, stdin io.Reader) (lro.Request, error) {
	in := &input{stdin: stdin}
	req := lro.Request{Method: "POST", URL: target, Header: http.Header{}}
	if f.method != "" {
		req.Method = f.method
	}
	if strings.ContainsAny(req.Method, " \t\r\n") {
		return req, usagef("--request %q is not a method", req.Method)
	}
	if err := f.content(&req, in); err != nil {
		return req, err
	}
	if f.key != "" {
		req.Header.Set("Idempotency-Key", idempotencyKey(f.key))
	}
	return req, f.prefer(&req)
}

func (f *requestFlags) prefer(req *lro.Request) error {
	var wishes []string
	if f.preferAsync {
		wishes = append(wishes, "respond-async")
	}
	switch {
	case f.preferWait < 0:
		return usagef("--prefer-wait %d: it is a number of seconds", f.preferWait)
	case f.preferWait > 0:
		wishes = append(wishes, fmt.Sprintf("wait=%d", f.preferWait))
	}
	if len(wishes) > 0 {
		req.Header.Set("Prefer", strings.Join(wishes, ", ")) // RFC 7240, section 4.3
	}
	return nil
}

func (f *requestFlags) content(req *lro.Request, in *input) error {
	plain := len(f.data)+len(f.binary)+len(f.raw)+len(f.urlencode) > 0
	switch {
	case plain && len(f.json)+len(f.form) > 0, len(f.json) > 0 && len(f.form) > 0:
		return usagef("--data, --json and --form exclude each other")
	case len(f.form) > 0:
		return f.multipart(req, in)
	case len(f.json) > 0:
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		return join(req, "", f.json, in.whole)
	case !plain:
		return nil
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, part := range []struct {
		values []string
		read   func(string) ([]byte, error)
	}{{f.data, in.lines}, {f.binary, in.whole}, {f.raw, verbatim}, {f.urlencode, in.encoded}} {
		if err := join(req, "&", part.values, part.read); err != nil {
			return err
		}
	}
	return nil
}

// join appends the parts to the content, as curl joins several -d.
func join(req *lro.Request, separator string, values []string, read func(string) ([]byte, error)) error {
	for _, v := range values {
		part, err := read(v)
		if err != nil {
			return err
		}
		if len(req.Body) > 0 {
			req.Body = append(req.Body, separator...)
		}
		req.Body = append(req.Body, part...)
	}
	return nil
}

// multipart builds the content of -F.
func (f *requestFlags) multipart(req *lro.Request, in *input) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, field := range f.form {
		name, value, ok := strings.Cut(field, "=")
		if !ok {
			return usagef("--form %q: it is name=value", field)
		}
		value, params := formParams(value)
		header := textproto.MIMEHeader{}
		disposition := fmt.Sprintf("form-data; name=%q", name)
		content := []byte(value)
		if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
			read, err := in.read(value[1:])
			if err != nil {
				return err
			}
			content = read
			if value[0] == '@' {
				file := filepath.Base(value[1:])
				if params["filename"] != "" {
					file = params["filename"]
				}
				disposition += fmt.Sprintf("; filename=%q", file)
				header.Set("Content-Type", "application/octet-stream")
			}
		}
		if t := params["type"]; t != "" {
			header.Set("Content-Type", t)
		}
		header.Set("Content-Disposition", disposition)
		part, err := w.CreatePart(header)
		if err != nil {
			return err
		}
		part.Write(content) // into memory: cannot fail
	}
	w.Close()
	req.Body = body.Bytes()
	req.Header.Set("Content-Type", w.FormDataContentType())
	return nil
}

func formParams(value string) (string, map[string]string) {
	params := map[string]string{}
	for {
		i := strings.LastIndex(value, ";")
		if i < 0 {
			return value, params
		}
		name, v, _ := strings.Cut(value[i+1:], "=")
		if name != "type" && name != "filename" {
			return value, params
		}
		params[name], value = strings.Trim(v, `"`), value[:i]
	}
}

// idempotencyKey returns the key as the structured string that the draft asks for.
func idempotencyKey(key string) string {
	if key == "auto" {
		key = rand.Text()
	}
	return batch.Quote(key)
}

// input reads content from where a flag says, stdin at most once.
type input struct {
	stdin io.Reader
	used  bool
}

func verbatim(v string) ([]byte, error) { return []byte(v), nil }

func (in *input) whole(v string) ([]byte, error) {
	if file, ok := strings.CutPrefix(v, "@"); ok {
		return in.read(file)
	}
	return []byte(v), nil
}

func (in *input) lines(v string) ([]byte, error) {
	content, err := in.whole(v)
	if strings.HasPrefix(v, "@") {
		content = bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' || r == 0 {
				return -1
			}
			return r
		}, content)
	}
	return content, err
}

func (in *input) encoded(v string) ([]byte, error) {
	i := strings.IndexAny(v, "=@")
	if i < 0 {
		return []byte(url.QueryEscape(v)), nil
	}
	name, content := v[:i], []byte(v[i+1:])
	if v[i] == '@' {
		read, err := in.read(v[i+1:])
		if err != nil {
			return nil, err
		}
		content = read
	}
	if name != "" {
		name += "="
	}
	return []byte(name + url.QueryEscape(string(content))), nil
}

func (in *input) read(file string) ([]byte, error) {
	from := in.stdin
	if file == "-" {
		if in.used {
			return nil, usagef("stdin can be read once only")
		}
		in.used = true
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, usagef("%v", err)
		}
		defer f.Close()
		from = f
	}
	content, err := io.ReadAll(io.LimitReader(from, maxInput+1))
	if err != nil {
		return nil, usagef("reading %s: %v", file, err)
	}
	if len(content) > maxInput {
		return nil, usagef("%s is larger than %d bytes", file, maxInput)
	}
	return content, nil
}
