package poller_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// watched returns a client, and what it tells in few words.
func watched(transport http.RoundTripper) (*poller.Client, *[]string) {
	var told []string
	client := &poller.Client{Transport: transport}
	client.Observe = func(e poller.Event) {
		switch {
		case e.Request != nil:
			told = append(told, "> "+e.Request.Phase+" "+e.Request.Method)
		case e.Reply != nil:
			told = append(told, fmt.Sprintf("< %s %d %s", e.Reply.Phase, e.Reply.Status, e.Reply.Next))
		case e.Wait != nil:
			told = append(told, "wait "+e.Wait.Why)
		case e.Note != nil:
			told = append(told, "note "+e.Note.Code)
		case e.End != nil:
			told = append(told, "end "+e.End.Outcome)
		}
	}
	return client, &told
}

// Each phase, and each reason to wait, has its own event.
func TestEventsOfEachPhase(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []http.HandlerFunc
		want  string
	}{
		{"at once", []http.HandlerFunc{answer(200, "", "")}, "> submit POST, < submit 200 ended, end succeeded"},
		{"the whole pattern", []http.HandlerFunc{accepted("1"), answer(202, "", ""), answer(303, "Location: /r", ""), answer(200, "", "x")},
			"> submit POST, < submit 202 poll, wait server, > poll GET, < poll 202 poll, wait server, > poll GET, < poll 303 fetch, > fetch GET, < fetch 200 ended, end succeeded"},
		{"a miss", []http.HandlerFunc{accepted("0"), answer(503, "", ""), answer(200, "", "")},
			"> submit POST, < submit 202 poll, wait pace, > poll GET, < poll 503 poll, wait miss, > poll GET, < poll 200 ended, end succeeded"},
		{"a redirected poll", []http.HandlerFunc{accepted("0"), answer(307, "Location: /op2", ""), answer(200, "", "")},
			"> submit POST, < submit 202 poll, wait pace, > poll GET, < poll 307 follow, > follow GET, < follow 200 ended, end succeeded"},
		{"refused", []http.HandlerFunc{answer(403, "", "")}, "> submit POST, < submit 403 ended, end refused"},
		{"slowed down", []http.HandlerFunc{answer(429, "Retry-After: 2", ""), answer(200, "", "")},
			"> submit POST, < submit 429 submit, wait miss, > submit POST, < submit 200 ended, end succeeded"},
		{"gone", []http.HandlerFunc{accepted("0"), answer(410, "", "")}, "> submit POST, < submit 202 poll, wait pace, > poll GET, < poll 410 ended, end gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, told := watched(inProcess{&script{steps: c.steps}})
			do(t, client, time.Hour)
			if got := strings.Join(*told, ", "); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEventsOfACancellation(t *testing.T) {
	for _, c := range []struct {
		status int
		answer lro.CancelAnswer
	}{{204, lro.CancelAccepted}, {202, lro.CancelAccepted}, {404, lro.CancelGone}, {409, lro.CancelTooLate}, {405, lro.CancelUnsupported}, {403, lro.CancelRefused}, {500, lro.CancelFailed}} {
		client, told := watched(inProcess{answer(c.status, "", "")})
		op, err := lro.Resume("https://api.example.com/op")
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := client.Cancel(t.Context(), op)
		if got != c.answer || (err == nil) != (c.answer == lro.CancelAccepted) {
			t.Errorf("%d: got %v, %v; want %v", c.status, got, err, c.answer)
		}
		if text := strings.Join(*told, ", "); !strings.HasPrefix(text, "> cancel DELETE, < cancel "+fmt.Sprint(c.status)) {
			t.Errorf("%d: events %s", c.status, text)
		}
		if err != nil && (strings.HasPrefix(err.Error(), " ") || !strings.Contains(err.Error(), "HTTP "+fmt.Sprint(c.status))) {
			t.Errorf("%d: the error is %q", c.status, err)
		}
	}
}

func TestSubmitReturnsTheOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.HandlerFunc{answer(429, "Retry-After: 3", ""), accepted("7"), answer(200, "", "done")}}
		client, told := watched(inProcess{s})
		start := time.Now()
		op, res, err := client.Submit(t.Context(), submit)
		if err != nil || res != nil || op.Phase != lro.Polling || op.StatusURL != "https://api.example.com/operations/1" {
			t.Fatalf("got %+v, %v, %v", op, res, err)
		}
		if text := strings.Join(*told, ", "); strings.Contains(text, "poll GET") || strings.Contains(text, "end") {
			t.Errorf("it did more than submit: %s", text)
		}
		res, err = client.Wait(t.Context(), op)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if waited := time.Since(start); waited < 10*time.Second {
			t.Errorf("asked after %v, before the two hints of together 10s were over", waited)
		}
	})
}

func TestSubmitOfWhatIsDoneAtOnce(t *testing.T) {
	client := &poller.Client{Transport: inProcess{answer(201, "", "done")}}
	op, res, err := client.Submit(t.Context(), submit)
	if err != nil || res == nil || !op.Done() || op.Outcome != lro.Succeeded {
		t.Fatalf("got %+v, %v, %v", op, res, err)
	}
	res.Body.Close()
}

func TestSubmitThatRunsOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		s := &script{steps: []http.HandlerFunc{answer(429, "Retry-After: 30", "")}}
		time.AfterFunc(time.Second, func() { cancel(boom) })
		client := &poller.Client{Transport: inProcess{s}}
		op, res, err := client.Submit(ctx, submit)
		if res != nil || !errors.Is(err, boom) || op.Reason != lro.Interrupted || s.count() != 1 {
			t.Errorf("got %v, %v after %d requests", op.Reason, err, s.count())
		}
	})
}

// A poll of an operation that is over asks nobody.
func TestPollOfWhatIsOver(t *testing.T) {
	client := &poller.Client{Transport: broken{errors.New("asked")}}
	op := lro.Operation{Phase: lro.Ended, Outcome: lro.Succeeded}
	if got, err := client.Poll(t.Context(), op); err != nil || got.Outcome != lro.Succeeded {
		t.Errorf("got %v, %v", got.Outcome, err)
	}
}

// A source that cannot renew: the 401 stands, and the person hears why.
func TestCredentialsThatCannotBeRenewed(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{answer(401, "", "")}}
	client, told := watched(inProcess{s})
	client.Credentials = func(_ context.Context, renew bool) (http.Header, error) {
		if renew {
			return nil, errors.New("the vault is sealed")
		}
		return http.Header{"Authorization": {"a"}}, nil
	}
	note := ""
	inner := client.Observe
	client.Observe = func(e poller.Event) {
		if e.Note != nil {
			note = e.Note.Text
		}
		inner(e)
	}
	_, op, err := do(t, client, time.Minute)
	if err == nil || op.Outcome != lro.Refused || s.count() != 1 {
		t.Errorf("got %v after %d requests, %s", err, s.count(), strings.Join(*told, ", "))
	}
	if !strings.Contains(note, "the vault is sealed") {
		t.Errorf("the note is %q", note)
	}
}
