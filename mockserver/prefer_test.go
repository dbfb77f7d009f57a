package mockserver_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestPrefer(t *testing.T) {
	tests := []struct {
		name    string
		prefer  []string
		query   string
		maxWait time.Duration
		code    int
		applied string
		took    time.Duration
	}{
		{"nothing", nil, "", 0, 202, "", 0},
		{"respond-async", []string{"respond-async"}, "", 0, 202, "respond-async", 0},
		{"wait long enough", []string{"respond-async, wait=5"}, "", 0, 200, "wait=5", 3 * s},
		{"wait alone", []string{"wait=5"}, "", 0, 200, "wait=5", 3 * s},
		{"wait exactly long enough", []string{"wait=3"}, "", 0, 200, "wait=3", 3 * s},
		{"wait too short", []string{"respond-async, wait=2"}, "", 0, 202, "respond-async, wait=2", 2 * s},
		{"wait in two fields", []string{"respond-async", "wait=2"}, "", 0, 202, "respond-async, wait=2", 2 * s},
		{"wait 0", []string{"respond-async, wait=0"}, "", 0, 202, "respond-async, wait=0", 0},
		{"wait is capped, and not claimed", []string{"respond-async, wait=60"}, "?asyncctl.duration=1m", s, 202, "respond-async", s},
		{"wait is capped by default", []string{"wait=3600"}, "?asyncctl.duration=1h", 0, 202, "", 30 * s},
		{"capped wait that was not needed", []string{"wait=3600"}, "", 0, 200, "wait=3600", 3 * s},
		{"no waiting", []string{"wait=5"}, "", -1, 202, "", 0},
		{"wait for what never ends", []string{"wait=5"}, "?asyncctl.outcome=never", 0, 202, "wait=5", 5 * s},
		{"wait for a failure", []string{"wait=5"}, "?asyncctl.outcome=failed", 0, 422, "wait=5", 3 * s},
		{"wait for a cancelled one", []string{"wait=5"}, "?asyncctl.outcome=cancelled", 0, 200, "wait=5", 3 * s},
		{"wait for nothing to return", []string{"wait=5"}, "?asyncctl.result-status=204", 0, 204, "wait=5", 3 * s},
		{"wait for what is kept no time", []string{"wait=5"}, "?asyncctl.retention=0", 0, 200, "wait=5", 3 * s},
		{"done at once, but not waited for", nil, "?asyncctl.duration=0", 0, 202, "", 0},
		{"done at once", []string{"wait=0"}, "?asyncctl.duration=0", 0, 200, "wait=0", 0},
		{"unknown preferences", []string{`x-unknown=1; a=b, return="minimal, wait=9"`}, "", 0, 202, "", 0},
		{"among unknown ones", []string{`return="a\",b", RESPOND-ASYNC ; x=1 , Wait = "2"`}, "", 0, 202, "respond-async, wait=2", 2 * s},
		{"the first wait counts", []string{"wait=1, wait=9"}, "", 0, 202, "wait=1", s},
		{"wait that is no number", []string{"wait=soon, wait=-1, wait=1.5, wait, wait="}, "", 0, 202, "", 0},
		{"an unfinished string", []string{`respond-async, wait="5`, `x="\`}, "", 0, 202, "respond-async", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &mockserver.Server{MaxWait: test.maxWait}
				lines := make([]string, len(test.prefer))
				for i, value := range test.prefer {
					lines[i] = "Prefer: " + value
				}
				start := time.Now()
				r := do(t, server, "POST", "/operations"+test.query, `{"order":7}`, lines...).want(t, test.code)
				if took := time.Since(start); took != test.took {
					t.Errorf("the answer took %v, want %v", took, test.took)
				}
				r.wantHeader(t, "Preference-Applied", test.applied).wantHeader(t, "Vary", "Prefer").wantHeader(t, "Cache-Control", "no-store")
				if (r.header.Get("Location") != "") != (test.code == 202) {
					t.Errorf("got Location %q with status %d", r.header.Get("Location"), test.code)
				}
			})
		})
	}
}

func TestPreferWaitAnswersWithTheResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &mockserver.Server{}
		r := do(t, server, "POST", "/operations?asyncctl.result=42", "", "Prefer: wait=9").want(t, 200)
		if r.text != "42" {
			t.Errorf("got %q, want the result", r.text)
		}
		there := do(t, server, "GET", r.header.Get("Content-Location"), "").want(t, 200)
		if there.text != r.text {
			t.Errorf("Content-Location has %q, the answer %q", there.text, r.text)
		}
		r.wantHeader(t, "Retry-After", "")
		do(t, server, "POST", "/operations?asyncctl.outcome=failed", "", "Prefer: wait=9").wantProblem(t, 422, "operation-failed")
	})
}

func TestPreferWaitHintCountsFromTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &mockserver.Server{}
		r := do(t, server, "POST", "/operations?asyncctl.duration=1m&asyncctl.retry-after=2", "", "Prefer: wait=10").want(t, 202)
		r.wantHeader(t, "Retry-After", "2").wantStatus(t, mockserver.Running, 16)
		time.Sleep(2*s - 10*ms) // no waiting: the clock of the bubble
		do(t, server, "GET", r.header.Get("Location"), "")
		if got := server.Stats().EarlyPolls; got != 1 {
			t.Errorf("got %d early polls, want 1: the hint is 2 s from the answer", got)
		}
	})
}

func TestPreferWaitEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), s)
		defer cancel()
		start := time.Now()
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest("POST", "/operations?asyncctl.duration=1h", nil).WithContext(ctx)
		request.Header.Set("Prefer", "wait=20")
		new(mockserver.Server).ServeHTTP(recorder, request)
		if took := time.Since(start); took != s {
			t.Errorf("the handler returned after %v, want 1s", took)
		}
	})
}

func TestPreferWaitSeesACancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &mockserver.Server{}
		go func() {
			time.Sleep(s)
			do(t, server, "DELETE", "/operations/"+server.Operations()[0].ID, "").want(t, 202)
		}()
		r := do(t, server, "POST", "/operations", "", "Prefer: wait=9").want(t, 200)
		r.wantStatus(t, mockserver.Cancelled, 33)
	})
}
