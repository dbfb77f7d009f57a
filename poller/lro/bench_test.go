package lro_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// hotReply is one answer to a poll that says "not yet", or where the result is.
type hotReply struct {
	name  string
	free  bool // handling it must not allocate
	first lro.Reply
	reply lro.Reply
}

func reply(status int, header http.Header, body string) lro.Reply {
	r := lro.Reply{Status: status, Header: header, At: noon}
	if body != "" {
		r.Body = []byte(body)
	}
	return r
}

// statusDocument is a status of some 300 bytes, or of more with padding as logs have it.
func statusDocument(lines int) string {
	var log strings.Builder
	for i := range lines {
		fmt.Fprintf(&log, `%s{"at":"2026-01-02T12:00:%02dZ","level":"info","text":"page %d of 4000 was rendered, \"fine\"","n":[1,2,{"x":null}]}`, strings.Repeat(",", min(i, 1)), i%60, i)
	}
	return fmt.Sprintf(`{"id":"0d5c9f38-2fbc-4d87-8e7c-8ba0c3ff7d5a","name":"reports/2025","log":[%s],"status":"running",`+
		`"createdAt":"2026-01-02T11:58:13Z","lastUpdatedAt":"2026-01-02T11:59:59Z","percentComplete":42.5,`+
		`"message":"page 17 of 40","links":{"self":"/v1/status/1"},"error":null}`, log.String())
}

func hotReplies() []hotReply {
	header := func(location string) http.Header {
		return http.Header{"Location": {location}, "Retry-After": {"5"}, "Content-Length": {"0"}, "Date": {"Fri, 02 Jan 2026 12:00:00 GMT"}}
	}
	tagged := http.Header{"Etag": {`"a1"`}, "Retry-After": {"5"}, "Content-Type": {"application/json"}}
	small := reply(200, tagged, statusDocument(0))
	large := reply(200, tagged, statusDocument(180))
	again := reply(202, header("https://api.example.com/v1/status/1"), "")
	return []hotReply{
		{name: "202 absolute Location", free: true, reply: again},
		{name: "202 absolute path", free: true, reply: reply(202, header("/v1/status/1"), "")},
		{name: "202 without Location", free: true, reply: reply(202, http.Header{"Retry-After": {"5"}}, "")},
		{name: "202 relative Location", reply: reply(202, header("1"), "")},
		{name: "200 status", free: true, first: small, reply: small},
		{name: "200 status 20 KB", free: true, first: large, reply: large},
		{name: "304", free: true, first: small, reply: reply(304, tagged, "")},
		{name: "404 in grace", free: true, reply: reply(404, http.Header{}, "")},
		{name: "503", free: true, reply: reply(503, http.Header{"Retry-After": {"5"}}, "")},
		{name: "303", reply: reply(303, header("/v1/reports/1"), "")},
	}
}

// accepted returns an operation that is being polled, after the first answer if there is one.
func accepted(tb testing.TB, first lro.Reply) lro.Operation {
	tb.Helper()
	op := lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: "https://api.example.com/v1/reports"})
	op = lro.Next(lro.Generic{}, op, reply(202, http.Header{"Location": {"https://api.example.com/v1/status/1"}}, ""))
	if first.Status != 0 {
		op = lro.Next(lro.Generic{}, op, first)
	}
	if op.Phase != lro.Polling {
		tb.Fatalf("the operation is not being polled: %+v", op)
	}
	return op
}

func BenchmarkNext(b *testing.B) {
	for _, hot := range hotReplies() {
		b.Run(hot.name, func(b *testing.B) {
			op := accepted(b, hot.first)
			b.ReportAllocs()
			b.SetBytes(int64(len(hot.reply.Body)))
			for b.Loop() {
				lro.Next(lro.Generic{}, op, hot.reply)
			}
		})
	}
}

func TestNextAllocatesNothingWhileItIsPending(t *testing.T) {
	for _, hot := range hotReplies() {
		if !hot.free {
			continue
		}
		t.Run(hot.name, func(t *testing.T) {
			op := accepted(t, hot.first)
			got := testing.AllocsPerRun(100, func() { lro.Next(lro.Generic{}, op, hot.reply) })
			if got != 0 {
				t.Errorf("got %v allocations, want none", got)
			}
			if after := lro.Next(lro.Generic{}, op, hot.reply); after.Phase != lro.Polling {
				t.Errorf("it is no longer pending: %+v", after)
			}
		})
	}
}

func BenchmarkRetryAfter(b *testing.B) {
	for _, value := range []string{"5", "Fri, 02 Jan 2026 12:00:05 GMT"} {
		b.Run(value, func(b *testing.B) {
			r := reply(202, http.Header{"Retry-After": {value}, "Date": {"Fri, 02 Jan 2026 12:00:00 GMT"}}, "")
			b.ReportAllocs()
			for b.Loop() {
				lro.RetryAfter(r)
			}
		})
	}
}

func BenchmarkPaceDue(b *testing.B) {
	op := accepted(b, lro.Reply{})
	b.ReportAllocs()
	for b.Loop() {
		lro.Pace{}.Due(op, noon, 0.5)
	}
}

func BenchmarkJSONAt(b *testing.B) {
	doc := jsontext.Value(statusDocument(180))
	b.ReportAllocs()
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		doc.At("/links/self")
	}
}
