package curl

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/idempotency"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Request says what to submit. The zero value, with or without Bind, is a POST without content.
type Request struct {
	method string
	data   []part // -d, --data-binary, --data-raw, --data-urlencode
	json   []part
	form   []formField // -F

	key         string
	preferAsync bool
	preferWait  int
}

// Bind makes the flags of fs set the request.
func (r *Request) Bind(fs *pflag.FlagSet) {
	fs.StringVarP(&r.method, "request", "X", "", "`method` of the submit (default POST)")
	fs.VarP(parts{&r.data, lines}, "data", "d", "`content` to submit; @file, @- for stdin; line breaks of files are dropped, as in curl")
	fs.Var(parts{&r.data, lines}, "data-ascii", "the same as --data")
	fs.MarkHidden("data-ascii")
	fs.Var(parts{&r.data, whole}, "data-binary", "like --data, but byte for byte")
	fs.Var(parts{&r.data, verbatim}, "data-raw", "like --data, but @ is not special")
	fs.Var(parts{&r.data, encoded}, "data-urlencode", "like --data, URL-encoded: `content`, =content, name=content, @file, name@file")
	fs.Var(parts{&r.json, whole}, "json", "JSON `content`; @file, @- for stdin; sets Content-Type and Accept")
	fs.VarP(fields{&r.form, false}, "form", "F", "a multipart field: `name=value`, name=@file, name=<file, with ;type= and ;filename=")
	fs.Var(fields{&r.form, true}, "form-string", "like --form, but @, < and ; are not special")
	fs.MarkHidden("form-string")
	fs.StringVar(&r.key, "idempotency-key", "", "send this Idempotency-Key; `auto` generates one. With a key the submit may be sent again")
	fs.BoolVar(&r.preferAsync, "prefer-async", false, "ask for an asynchronous answer (Prefer: respond-async)")
	fs.IntVar(&r.preferWait, "prefer-wait", 0, "ask the server to answer at once if it is done within so many `seconds` (Prefer: wait=N)")
}

// Build returns the submit. Its header holds what describes the content and nothing that is for
// every request.
func (r *Request) Build(target string, in *Input) (lro.Request, error) {
	req := lro.Request{Method: "POST", URL: target, Header: http.Header{}}
	if r.method != "" {
		req.Method = r.method
	}
	if !token(req.Method) {
		return req, fmt.Errorf("--request %q is not a method", req.Method)
	}
	if err := r.content(&req, in); err != nil {
		return req, err
	}
	if strings.ContainsFunc(r.key, func(c rune) bool { return c < ' ' || c > '~' }) {
		return req, fmt.Errorf("--idempotency-key %q: a key is made of printable ASCII", r.key)
	}
	if r.key != "" {
		if r.key == "auto" {
			r.key = rand.Text()
		}
		req.Header.Set("Idempotency-Key", idempotency.Quote(r.key)) // a structured string, as the draft asks
	}
	return req, r.prefer(&req)
}

func (r *Request) prefer(req *lro.Request) error {
	var wishes []string
	if r.preferAsync {
		wishes = append(wishes, "respond-async")
	}
	switch {
	case r.preferWait < 0:
		return fmt.Errorf("--prefer-wait %d: it is a number of seconds", r.preferWait)
	case r.preferWait > 0:
		wishes = append(wishes, fmt.Sprintf("wait=%d", r.preferWait))
	}
	if len(wishes) > 0 {
		req.Header.Set("Prefer", strings.Join(wishes, ", ")) // RFC 7240, section 4.3
	}
	return nil
}

func (r *Request) content(req *lro.Request, in *Input) error {
	kinds := 0
	for _, n := range []int{len(r.data), len(r.json), len(r.form)} {
		if n > 0 {
			kinds++
		}
	}
	switch {
	case kinds > 1:
		return errors.New("--data, --json and --form exclude each other")
	case len(r.form) > 0:
		return r.multipart(req, in)
	case len(r.json) > 0:
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		return join(req, in, "", r.json)
	case len(r.data) > 0:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return join(req, in, "&", r.data)
	}
	return nil
}

// Key is the text of the Idempotency-Key that Build has put into the request, made up or given; empty
// for none.
func (r *Request) Key() string { return r.key }

// token reports whether a text is a token in the sense of RFC 9110, section 5.6.2: methods and the names
// of header fields are.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}
