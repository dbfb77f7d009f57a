package lro_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The pieces that FuzzNext builds replies of. What stands here only has to be odd enough: the fuzzer
// combines.
var (
	fuzzStatuses  = []int{200, 202, 303, 302, 301, 307, 308, 304, 404, 410, 429, 503, 500, 400, 401, 406, 409, 201, 204, 206, 203, 501, 408, 0, 100, 600}
	fuzzLocations = []string{
		"", "/s/1", "/s/2", "s/3", "?q", "#f", "https://api.example.com/s/1", "https://other.example.net/s", "//other.example.net/t",
		"http://api.example.com/s/1", "ftp://x/", "https://u:p@x/", "https:/x", "\\\\x", "::", "/login", "https://x/%zz", "/\xff", "/a?b#c",
		"/" + strings.Repeat("x/", 4000), "http://[::1%25en0]/",
	}
	fuzzHints  = []string{"", "0", "1", "5", "86400", "99999999999", "-1", "1.5", "soon", "Fri, 02 Jan 2026 12:00:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"}
	fuzzBodies = []string{
		"", "{}", `{"status":"running"}`, `{"status":"succeeded"}`, `{"status":"failed","error":{"message":"x"}}`, `{"status":"done","error":1}`,
		`{"status":"ready"}`, `{"status":"shipped"}`, `{"status":"cancelled"}`, `{"status":"partial","progress":7}`, `{"error":"x"}`,
		`{"status":"succeeded","resultUrl":"/r"}`, `{"status":"succeeded","resultUrl":"/s/1"}`, `{"statusUrl":"/s/9"}`, `{"status":`,
		"<!doctype html><input type=password>", "text", "\xef\xbb\xbf{\"state\":\"Running\"}", `{"a":"\"}{"}`, "[1]",
	}
)

// fuzzReply makes a reply of the next bytes.
func fuzzReply(b []byte, at time.Time) lro.Reply {
	pick := func(i int, from []string) string { return from[int(b[i])%len(from)] }
	r := lro.Reply{Status: fuzzStatuses[int(b[0])%len(fuzzStatuses)], Body: []byte(pick(3, fuzzBodies)), At: at}
	h := http.Header{}
	for name, value := range map[string]string{"Location": pick(1, fuzzLocations), "Retry-After": pick(2, fuzzHints)} {
		if value != "" {
			h[name] = []string{value}
		}
	}
	flags := b[4]
	if flags&1 != 0 {
		h["Etag"] = []string{`"e"`}
	}
	if flags&2 != 0 {
		h["Content-Location"] = []string{"/s/c"}
	}
	if flags&4 != 0 {
		h["Content-Type"] = []string{"text/html"}
	}
	r.Header = h
	if flags&8 != 0 {
		r.Header = nil
	}
	r.More = flags&16 != 0
	if flags&32 != 0 {
		r.Err = errors.New("reset")
		r.Unsent = flags&64 != 0
	}
	return r
}

const fuzzSecret = "s3cr3t"

func FuzzNext(f *testing.F) {
	f.Add([]byte{0, 1, 1, 3, 2, 0, 0, 0, 2, 0, 2, 2, 1, 0, 0})
	f.Add([]byte{3, 10, 7, 0, 0, 0, 7, 0, 0, 16, 32, 32, 8})
	f.Add([]byte{1, 5, 1, 3, 0, 0, 0, 8, 0, 0, 0, 0, 4, 3, 0, 0, 0, 10, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 6 {
			return
		}
		methods := []string{"POST", "GET", "PUT", ""}
		d := lro.Generic{}
		req := lro.Request{Method: methods[data[0]%4], URL: "https://api.example.com/v1/reports", Header: fields("X-Key", fuzzSecret), Body: []byte(fuzzSecret)}
		if data[0]&4 != 0 {
			req.Header.Set("Idempotency-Key", fuzzSecret)
		}
		op := lro.Begin(d, req)
		if data[0]&8 != 0 {
			op.Policy = &lro.Policy{Misses: -1, Hops: 2, Moves: 1, Trust: []string{"https://other.example.net"}, AllowDowngrade: true, ResendUnsafe: true, MaxHint: time.Minute}
		}
		now, data := noon, data[1:]
		for len(data) >= 5 && !op.Done() {
			r := fuzzReply(data, now)
			before := op
			op = lro.Next(d, op, r)
			if err := transcript.Sound(lro.Generic{}, op, now); err != nil {
				t.Fatalf("%v\nafter %+v\nto %+v\nit is %+v", err, r, before, op)
			}
			if again := lro.Next(d, before, r); !reflect.DeepEqual(again, op) {
				t.Fatalf("the same reply gives %+v and %+v", op, again)
			}
			if op.Next.Header.Get("X-Key") != "" && lro.Origin(op.Next.URL) != op.Home && (op.Policy == nil || lro.Origin(op.Next.URL) != op.Policy.Trust[0]) {
				t.Fatalf("the submit's header goes to %s", op.Next.URL)
			}
			if text, err := json.Marshal(op); err == nil && strings.Contains(string(text), fuzzSecret) {
				t.Fatalf("the handle holds the secret: %s", text)
			}
			if data[4]&128 != 0 {
				op, _ = lro.AfterCancel(op, r)
			}
			data = data[5:]
			if len(data) > 0 {
				now = now.Add(time.Duration(data[0]) * time.Second)
			}
		}
	})
}

// FuzzEndless repeats a few replies that never say "not yet": the operation ends by itself.
func FuzzEndless(f *testing.F) {
	f.Add([]byte{2, 1, 0, 0, 0, 3, 2, 0, 0, 0})
	f.Add([]byte{8, 0, 0, 0, 0, 11, 0, 3, 0, 0, 4, 5, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		op, now := accepted(t, lro.Reply{}), noon
		for i := 0; !op.Done(); i++ {
			at := i * 5 % max(len(data)/5*5, 1)
			if len(data) < 5 {
				return
			}
			now = now.Add(time.Second)
			before := op.Polls
			op = lro.Next(lro.Generic{}, op, fuzzReply(data[at:], now))
			if op.Polls > before {
				return // it said something: polling on is right
			}
			if i > 200 {
				t.Fatalf("after %d replies it still goes on: %+v", i, op)
			}
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, v := range append(fuzzHints, "Friday, 02-Jan-26 12:00:30 GMT", "Fri Jan  2 12:00:30 2026", "+5", "5s") {
		f.Add(v, "Fri, 02 Jan 2026 12:00:00 GMT", "")
	}
	f.Add("", "", "250")
	f.Fuzz(func(t *testing.T, value, date, ms string) {
		r := lro.Reply{Status: 202, Header: http.Header{"Retry-After": {value}, "Date": {date}, "Retry-After-Ms": {ms}}, At: noon}
		d, ok := lro.RetryAfter(r)
		if d < 0 || d > lro.MaxHint || !ok && d != 0 {
			t.Fatalf("got %v, %v", d, ok)
		}
		r.Header.(http.Header)["Location"] = []string{"/s"}
		op := lro.Next(lro.Generic{}, lro.Begin(lro.Generic{}, lro.Request{URL: "https://h/"}), r)
		if op.Hinted != ok || op.Hint != d || d > 0 && !op.NotBefore.Equal(noon.Add(d)) {
			t.Fatalf("RetryAfter says %v, %v; the operation %v, %v, %v", d, ok, op.Hint, op.Hinted, op.NotBefore)
		}
		if due := (lro.Pace{}).Due(op, noon, 0.5); due.Before(op.NotBefore) || due.Sub(noon) > lro.MaxHint+time.Minute {
			t.Fatalf("due %v, floor %v", due, op.NotBefore)
		}
	})
}

func FuzzResolve(f *testing.F) {
	for _, ref := range fuzzLocations {
		f.Add("https://api.example.com/v1/reports?x=1", ref)
		f.Add("http://u:p@[::1]:8080/a/b;c/", ref)
	}
	f.Fuzz(func(t *testing.T, base, ref string) {
		got, err := lro.Resolve(base, ref)
		if err != nil {
			if got != "" && !errors.Is(err, lro.ErrDowngrade) {
				t.Fatalf("got %q beside the error %v", got, err)
			}
			return
		}
		if lro.Origin(got) == "" || len(got) > 8000 || strings.ContainsAny(got, " \t\r\n\\\x00#") {
			t.Fatalf("got %q", got)
		}
		if strings.HasPrefix(lro.Origin(base), "https:") && !strings.HasPrefix(lro.Origin(got), "https:") {
			t.Fatalf("%q leads down to %q", base, got)
		}
		again, err := lro.Resolve(got, got)
		if err != nil || again != got {
			t.Fatalf("%q resolves to %q, %v", got, again, err)
		}
		if !lro.SameOrigin(got, got) {
			t.Fatalf("%q is not of its own origin", got)
		}
	})
}

func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"asyncctl_handle":1,"dialect":"generic","state":"pending","status_url":"https://api.example.com/s"}`))
	f.Add([]byte(`{"asyncctl_handle":1,"dialect":"x","cue":"y","state":"running","style":"arr-202","submit_method":"POST","submit_url":"https://h/","status_url":"http://[::1]:1/?x","accepted":"2026-01-02T12:00:00Z","not_before":"2026-01-02T12:00:00.5+01:00","hint_ms":5,"polls":7,"cancel_sent":true}`))
	f.Add([]byte(`{"asyncctl_handle":1,"dialect":"x","state":"running","status_url":"https://h/s","cancel_url":"https://h/s/cancel?x","promised_url":"http://g/r"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var op lro.Operation
		if op.UnmarshalJSON(text) != nil {
			if !reflect.DeepEqual(op, lro.Operation{}) {
				t.Fatalf("refused, but changed to %+v", op)
			}
			return
		}
		if err := transcript.Sound(lro.Generic{}, op, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if op.Phase != lro.Polling || op.Home != "" || op.Next.Method != "GET" || op.Next.Header != nil || op.Polls < 0 {
			t.Fatalf("got %+v", op)
		}
		again, err := json.Marshal(op)
		if err != nil {
			t.Fatal(err)
		}
		var back lro.Operation
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if twice, err := json.Marshal(back); err != nil || string(twice) != string(again) {
			t.Fatalf("got %s, %v, want %s", twice, err, again)
		}
		lro.Next(lro.Generic{}, op, reply(200, fields(), `{"status":"running"}`))
	})
}
