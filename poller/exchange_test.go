package poller_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// follow runs one submit against a real server and returns its result's content, or the error.
func follow(t *testing.T, client *poller.Client, handler http.Handler) (string, *poller.Result, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: server.URL + "/x"})
	if err != nil {
		return "", nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), res, err
}

// What is read before it is known to be the result, and what comes after it, is the whole of it, at
// and around the bound.
func TestResultAroundTheBound(t *testing.T) {
	const bound = 1000
	for _, size := range []int{0, 1, bound - 1, bound, bound + 1, 3 * bound, 200_000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			want := strings.Repeat("x", size)
			got, res, err := follow(t, &poller.Client{MaxBody: bound}, answer(200, "", want))
			if err != nil || got != want {
				t.Fatalf("got %d bytes, %v; want %d", len(got), err, size)
			}
			if len(res.Content) > bound+1 {
				t.Errorf("%d bytes were kept beside the stream, want at most the bound of %d", len(res.Content), bound)
			}
			if res.Length != int64(size) && res.Length != -1 {
				t.Errorf("length %d, want %d, or -1", res.Length, size)
			}
		})
	}
}

// The bound counts decoded bytes: a small gzip document may be a large status.
func TestCompressedAnswers(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(bytes.Repeat([]byte(" "), 1<<20))
	io.WriteString(w, `{"status":"Succeeded"}`)
	w.Close()
	bomb := answer(200, "Content-Encoding: gzip\nContent-Type: application/json", packed.String())
	s := &script{steps: []http.HandlerFunc{accepted("0"), bomb}}
	got, res, err := follow(t, &poller.Client{MaxBody: 1000}, s)
	var failed *poller.Error
	switch {
	case errors.As(err, &failed):
		if len(failed.Response.Content) > 1001 {
			t.Errorf("%d bytes were kept", len(failed.Response.Content))
		}
	case err != nil:
		t.Fatal(err)
	case len(res.Content) > 1001 || len(got) != 1<<20+len(`{"status":"Succeeded"}`):
		t.Errorf("%d bytes were kept, %d were streamed", len(res.Content), len(got))
	}
	if accept := s.seen[1].Header.Get("Accept-Encoding"); accept != "gzip" {
		t.Errorf("Accept-Encoding %q", accept)
	}
}

// Interim responses are no answers: 100, 102 and 103 come before one.
func TestInterimResponses(t *testing.T) {
	handler := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</style>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusProcessing)
			w.Header().Del("Link")
			w.Header().Set("Location", "/op")
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(status)
		}
	}
	s := &script{steps: []http.HandlerFunc{handler(202), handler(202), handler(200)}}
	if _, res, err := follow(t, &poller.Client{}, s); err != nil || res.Status != 200 || res.Operation.Polls != 2 {
		t.Errorf("got %+v, %v", res, err)
	}
}

// Answers that have no content whatever their header announces.
func TestAnswersWithoutContent(t *testing.T) {
	for _, c := range []struct {
		name string
		wire string
		want lro.Outcome
	}{
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", lro.Succeeded},
		{"204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", lro.Succeeded},
		{"200 with nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", lro.Succeeded},
		{"200 up to the end of the connection", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", lro.Succeeded},
		{"404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", lro.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := lro.Undecided
			body, res, err := follow(t, &poller.Client{}, hijack(c.wire))
			var failed *poller.Error
			switch {
			case err == nil:
				got = res.Operation.Outcome
			case errors.As(err, &failed):
				got = failed.Operation.Outcome
			}
			if got != c.want || body != "" {
				t.Errorf("got %v with %q, %v; want %v", got, body, err, c.want)
			}
		})
	}
}

// hijack answers with bytes as they are.
func hijack(wire string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, wire)
	}
}

// An answer that breaks off is no answer: not when less comes than was announced, and not when it is
// no HTTP at all.
func TestBrokenAnswers(t *testing.T) {
	for _, c := range []struct{ name, wire, want string }{
		{"less than announced", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", "the answer broke off after 3 bytes"},
		{"a chunk that is cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "the answer broke off after 2 bytes"},
		{"gzip that is none", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "the answer broke off after 0 bytes"},
		{"no HTTP", "220 smtp.example.com\r\n", "malformed"},
		{"nothing", "", "EOF"},
		{"a header without an end", "HTTP/1.1 200 OK\r\nX: ", "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := &poller.Client{Policy: lro.Policy{Resends: -1}}
			_, _, err := follow(t, client, hijack(c.wire))
			var failed *poller.Error
			if !errors.As(err, &failed) || failed.Operation.Outcome == lro.Failed || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q that does not say failed", err, c.want)
			}
		})
	}
}

// The request's timeout is for silence: a result that trickles is read to its end, one that stops is
// given up.
func TestPatienceWithAStream(t *testing.T) {
	for _, c := range []struct {
		name  string
		pause time.Duration
		whole bool
	}{
		{"a trickle", 40 * time.Second, true},
		{"silence", 2 * time.Minute, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &poller.Client{MaxBody: 10, Transport: trickle{pause: c.pause, parts: 20}}
				res, err := client.Do(t.Context(), submit)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				body, err := io.ReadAll(res.Body)
				if c.whole && (err != nil || len(body) != 21*20) {
					t.Errorf("got %d bytes, %v", len(body), err)
				}
				if !c.whole && (err == nil || !strings.Contains(err.Error(), "the result broke off after 20 bytes")) {
					t.Errorf("got %d bytes, %v", len(body), err)
				}
			})
		})
	}
}

// trickle answers with twenty bytes, and then again and again with a pause before.
type trickle struct {
	pause time.Duration
	parts int
}

func (s trickle) RoundTrip(req *http.Request) (*http.Response, error) {
	r, w := io.Pipe()
	ctx := req.Context()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
	go func() {
		part := bytes.Repeat([]byte("x"), 20)
		w.Write(part)
		for range s.parts {
			select {
			case <-time.After(s.pause):
			case <-ctx.Done():
				return
			}
			if _, err := w.Write(part); err != nil {
				return
			}
		}
		w.Close()
	}()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: r, ContentLength: -1, Request: req}, nil
}

// A status document may not trickle: the timeout is for all of it.
func TestPatienceWithADocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &poller.Client{Transport: trickle{pause: 10 * time.Second, parts: 100}, Policy: lro.Policy{Resends: -1}, RequestTimeout: 25 * time.Second}
		start := time.Now()
		_, err := client.Do(t.Context(), submit)
		if err == nil || !strings.Contains(err.Error(), "the server stopped sending for 25s") || time.Since(start) != 25*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestTransferEventsAreFewAndComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []poller.Transfer
		client := &poller.Client{MaxBody: 10, Transport: trickle{pause: 100 * time.Millisecond, parts: 50}, Observe: func(e poller.Event) {
			if e.Transfer != nil {
				seen = append(seen, *e.Transfer)
			}
		}}
		res, err := client.Do(t.Context(), submit)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		io.Copy(io.Discard, res.Body)
		if len(seen) < 5 || len(seen) > 13 {
			t.Errorf("%d events in five seconds, want about two a second", len(seen))
		}
		for i, e := range seen {
			if e.Total != -1 || i > 0 && e.Bytes < seen[i-1].Bytes {
				t.Errorf("event %d is %+v after %+v", i, e, seen[max(0, i-1)])
			}
		}
		if last := seen[len(seen)-1].Bytes; last != 51*20 {
			t.Errorf("the last event tells %d bytes, want all 1020", last)
		}
	})
}

// A URL that cannot be used is not shown: it may hold a secret.
func TestUnusableURLIsNotShown(t *testing.T) {
	client := &poller.Client{Transport: broken{errors.New("it left")}, Policy: lro.Policy{Resends: -1}}
	for _, url := range []string{"http://h/%zz?code=s3cret", "http://h:x/?code=s3cret", "http://u:s3cret@h\x7f/"} {
		_, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: url})
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "left") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// A method that cannot be sent is an error before anything is.
func TestUnusableMethod(t *testing.T) {
	client := &poller.Client{Transport: broken{errors.New("it left")}, Policy: lro.Policy{Resends: -1}}
	_, err := client.Do(t.Context(), lro.Request{Method: "BAD METHOD", URL: "http://h/"})
	if err == nil || !strings.Contains(err.Error(), "invalid method") {
		t.Errorf("got %v", err)
	}
}

// A connection that is refused had nothing sent on it: the submit may go again.
func TestRefusedConnectionIsUnsent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	client := &poller.Client{Policy: lro.Policy{Resends: -1}}
	_, err = client.Do(t.Context(), lro.Request{Method: "POST", URL: url})
	var failed *poller.Error
	if !errors.As(err, &failed) || failed.Operation.Reason != lro.Unreachable || errors.Unwrap(failed) == nil {
		t.Errorf("got %v", err)
	}
}
