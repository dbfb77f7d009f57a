package poller_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func zlibbed(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// codedServer accepts, redirects the first poll to the result if at is "result", and codes the answer at one of
// "submit", "status", "result".
func codedServer(t *testing.T, at, coding, body string) *httptest.Server {
	code := func(w http.ResponseWriter, where string, status int, plain string) {
		if where == at {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			plain = body
		}
		w.WriteHeader(status)
		io.WriteString(w, plain)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == "POST":
			w.Header().Set("Location", "/s")
			code(w, "submit", 202, `{}`)
		case r.URL.Path == "/s" && at == "status":
			code(w, "status", 200, "")
		case r.URL.Path == "/s":
			w.Header().Set("Location", "/r")
			w.WriteHeader(303)
		default:
			code(w, "result", 200, "")
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestContentCodings(t *testing.T) {
	const failed = `{"status":"failed","error":{"code":"E1","message":"no such year"}}`
	const result = `{"rows":[1,2,3]}`
	big := strings.Repeat("0123456789", 50_000) // more than is read before it is streamed
	tests := []struct {
		name, at, coding, body string
		want                   string // of the result, if there is to be one
		outcome                lro.Outcome
	}{
		{"gzip", "result", "gzip", gzipped(result), result, lro.Succeeded},
		{"x-gzip", "result", "x-gzip", gzipped(result), result, lro.Succeeded},
		{"in capitals", "result", "GZIP", gzipped(result), result, lro.Succeeded},
		{"deflate", "result", "deflate", zlibbed(result), result, lro.Succeeded},
		{"bare deflate", "result", "deflate", deflated(result), result, lro.Succeeded},
		{"twice", "result", "deflate, gzip", gzipped(zlibbed(result)), result, lro.Succeeded},
		{"identity", "result", "identity", result, result, lro.Succeeded},
		{"identity among others", "result", "identity, gzip", gzipped(result), result, lro.Succeeded},
		{"a large one", "result", "gzip", gzipped(big), big, lro.Succeeded},
		{"two members", "result", "gzip", gzipped("a") + gzipped("b"), "ab", lro.Succeeded},
		{"empty", "result", "gzip", "", "", lro.Succeeded},
		{"empty, coded", "result", "gzip", gzipped(""), "", lro.Succeeded},
		{"a status that failed", "status", "gzip", gzipped(failed), "", lro.Failed},
		{"a status that failed, x-gzip", "status", "x-gzip", gzipped(failed), "", lro.Failed},
		{"brotli", "result", "br", "\x0b\x02\x80abc\x03", "", lro.Lost},
		{"zstd", "result", "zstd", "(\xb5/\xfd", "", lro.Lost},
		{"compress", "result", "compress", "\x1f\x9d", "", lro.Lost},
		{"nonsense", "result", "utf-8", result, "", lro.Lost},
		{"coded four times", "result", "gzip, gzip, gzip, gzip", gzipped(gzipped(gzipped(gzipped("a")))), "", lro.Lost},
		{"not what it says", "result", "gzip", result, "", lro.Lost},
		{"not what it says, deflate", "result", "deflate", "\x78\x9c\xff\xff", "", lro.Lost},
		{"a status in brotli", "status", "br", failed, "", lro.Lost},
		{"an acceptance in brotli", "submit", "br", "\x0b\x02\x80", "", lro.Succeeded}, // the header says enough
	}
	for _, asked := range []string{"", "gzip, br", "identity"} {
		for _, test := range tests {
			t.Run(test.name+"/"+asked, func(t *testing.T) {
				s := codedServer(t, test.at, test.coding, test.body)
				client := &poller.Client{
					Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond}, Policy: lro.Policy{Misses: 2, MissTime: time.Nanosecond}, MaxBody: 1 << 16,
				}
				if asked != "" {
					client.Header = http.Header{"Accept-Encoding": {asked}}
				}
				res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: s.URL})
				var e *poller.Error
				switch {
				case err == nil:
					body, err := io.ReadAll(res.Body)
					res.Body.Close()
					if test.outcome != lro.Succeeded || string(body) != test.want && test.at == "result" || err != nil {
						t.Errorf("got the result %.50q (%v), want %v %.50q", body, err, test.outcome, test.want)
					}
					if coding := res.Header.Get("Content-Encoding"); coding != "" && coding != "identity" && len(body) > 0 {
						t.Errorf("the decoded result still says that it is coded as %s", coding)
					}
					if res.Length >= 0 && res.Length != int64(len(body)) {
						t.Errorf("Length = %d for %d bytes", res.Length, len(body))
					}
				case !errors.As(err, &e) || e.Operation.Outcome != test.outcome:
					t.Errorf("got %v, want %v", err, test.outcome)
				case test.outcome == lro.Lost && (!strings.Contains(err.Error(), "decoded") || e.Operation.Reason != lro.UnreadableStatus):
					t.Errorf("%v (%s) does not say why", err, e.Operation.Reason)
				}
			})
		}
	}
}

// A result that breaks off within a coding is not one.
func TestCodedResultBreaksOff(t *testing.T) {
	big := gzipped(strings.Repeat("0123456789abcdef", 1<<16))
	for _, cut := range []int{1, 9, len(big) / 2, len(big) - 1} {
		s := codedServer(t, "result", "gzip", big[:len(big)-cut])
		client := &poller.Client{Pace: lro.Pace{Min: time.Millisecond}, Policy: lro.Policy{Misses: 2, MissTime: time.Nanosecond}, Header: http.Header{"Accept-Encoding": {"gzip"}}}
		if err := drained(client.Do(t.Context(), lro.Request{Method: "POST", URL: s.URL})); err == nil {
			t.Errorf("%d bytes are missing, and there is no error", cut)
		}
	}
}

// A small content that grows without bound costs no more than MaxBody.
func TestBombIsBounded(t *testing.T) {
	bomb := gzipped(strings.Repeat(" ", 64<<20)) // 64 KB on the wire
	s := codedServer(t, "status", "gzip", bomb)
	client := &poller.Client{Pace: lro.Pace{Min: time.Millisecond}, Policy: lro.Policy{Misses: 2, MissTime: time.Nanosecond}, MaxBody: 1000, Header: http.Header{"Accept-Encoding": {"gzip"}}}
	op, _ := lro.Resume(s.URL + "/s")
	_, err := client.Poll(t.Context(), op)
	var e *poller.Error
	if errors.As(err, &e) && len(e.Response.Content) > 1001 {
		t.Errorf("%d bytes were kept", len(e.Response.Content))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	client.Poll(t.Context(), op)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
		t.Errorf("%d bytes were allocated for a document of at most 1000", took)
	}
}
