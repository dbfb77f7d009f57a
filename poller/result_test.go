package poller_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A result is handed on as it comes: it is larger than what the client is allowed to keep.
func TestLargeResultIsStreamed(t *testing.T) {
	const size = 64 << 20
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/reports":
			accepted("0")(w, r)
		case "/operations/1":
			answer(303, "Location: /result", "")(w, r)
		default:
			w.Header().Set("Content-Length", fmt.Sprint(size))
			io.Copy(w, io.LimitReader(zeros{}, size))
		}
	}))
	defer server.Close()
	transfers := 0
	client := &poller.Client{MaxBody: 1 << 10, Observe: func(e poller.Event) {
		if e.Transfer != nil {
			transfers++
		}
	}}
	res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: server.URL + "/reports"})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if n != size || err != nil || res.Length != size {
		t.Errorf("read %d bytes of %d, %v; announced %d", n, size, err, res.Length)
	}
	if transfers == 0 {
		t.Error("no event told how far the download was")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestResultThatBreaksOff(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		w.Write(bytes.Repeat([]byte("x"), 300000))
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	op, err := lro.Resume(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := &poller.Client{MaxBody: 1 << 10}
	res, err := client.Wait(t.Context(), op)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil || n == 0 || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("read %d bytes, error %v; want an error that says it broke off", n, err)
	}
}

// An endless status document is cut off at the bound and is no status.
func TestEndlessStatusDocument(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"status":"Running","pad":"`)
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	op, err := lro.Resume(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = (&poller.Client{}).Wait(t.Context(), op)
	var failed *poller.Error
	if !errors.As(err, &failed) || failed.Operation.Reason != lro.StatusTooLarge {
		t.Errorf("got %v, want %s", err, lro.StatusTooLarge)
	}
}
