package transcript

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Sound returns what no operation may be, whatever the server answered at the time at, and nil for
// one that is in order. The zero time: the floor is not looked at. A poll may differ from a GET of the
// status URL in what the dialect asks for, and in nothing else.
func Sound(d lro.Dialect, op lro.Operation, at time.Time) error {
	if op.Done() {
		return soundEnd(op)
	}
	floor := op.NotBefore.Sub(at)
	plain := asked(d, op)
	switch {
	case op.Outcome != lro.Undecided || op.Reason != lro.ReasonNone:
		return fmt.Errorf("it is not over, but its outcome is %s (%s)", op.Outcome, op.Reason)
	case op.Next.Method == "" || lro.Origin(op.Next.URL) == "":
		return fmt.Errorf("it is not over, but its next request is %q", line(op.Next))
	case op.Repeats(): // the submit, or a redirect of it
		return nil
	case op.Phase == lro.Polling && !plain && !lro.SameOrigin(op.Next.URL, op.StatusURL):
		return fmt.Errorf("it polls %s, another origin than that of the status URL %s", op.Next.URL, op.StatusURL)
	case op.Phase == lro.Polling && plain && op.Next.URL != op.StatusURL:
		return fmt.Errorf("it polls %s, but the status is at %s", op.Next.URL, op.StatusURL)
	case op.Phase != lro.Submitting && plain && (op.Next.Body != nil || len(op.Next.Header) > 1 || len(op.Next.Header) == 1 && op.Next.Header["If-None-Match"] == nil):
		return fmt.Errorf("%s carries what belongs to the submit: %v %q", line(op.Next), op.Next.Header, op.Next.Body)
	case !at.IsZero() && !op.NotBefore.IsZero() && (floor < 0 || floor > lro.MaxHint):
		return fmt.Errorf("its floor is %v after the reply", floor)
	case op.StatusURL != "":
		return soundHandle(op)
	}
	return nil
}

// asked reports whether op is asked for by a plain GET, and not in the dialect's own way.
func asked(d lro.Dialect, op lro.Operation) bool {
	if op.Phase == lro.Fetching {
		again := op
		again.Next = lro.Request{Method: "GET", URL: op.Next.URL}
		plain := again.Next
		if f, ok := d.(lro.Fetcher); ok {
			again.Next = f.FetchAs(again)
		}
		return reflect.DeepEqual(again.Next, plain) || !reflect.DeepEqual(again.Next, op.Next)
	}
	if op.Phase != lro.Polling {
		return true
	}
	again := op
	again.Next = lro.Request{Method: "GET", URL: op.StatusURL}
	if op.ETag != "" {
		again.Next.Header = http.Header{"If-None-Match": {op.ETag}}
	}
	plain := again.Next
	again = lro.Ready(d, again)
	return reflect.DeepEqual(again.Next, plain) || !reflect.DeepEqual(again.Next, op.Next)
}

func soundEnd(op lro.Operation) error {
	switch {
	case op.Outcome == lro.Undecided:
		return errors.New("it is over, but nobody knows how")
	case op.Next.Method != "" || op.Next.URL != "" || op.Next.Header != nil || op.Next.Body != nil || !op.NotBefore.IsZero():
		return errors.New("it is over, but there is something to send")
	case (op.Outcome == lro.Succeeded) != (op.Reason == lro.ReasonNone):
		return fmt.Errorf("its outcome %s does not fit the reason %q", op.Outcome, op.Reason)
	case op.Outcome != lro.Succeeded && op.Reason.Class() == lro.ClassNone:
		return fmt.Errorf("the reason %q has no class", op.Reason)
	case op.StatusURL != "" && !op.Repeats():
		return soundHandle(op)
	}
	return nil
}

// soundHandle reports whether the operation can be written down and taken up again.
func soundHandle(op lro.Operation) error {
	text, err := json.Marshal(op)
	if err != nil {
		return err
	}
	var again lro.Operation
	if err := json.Unmarshal(text, &again); err != nil {
		return fmt.Errorf("its handle cannot be read: %w", err)
	}
	if again.StatusURL != op.StatusURL || again.Phase != lro.Polling || again.Home != "" {
		return fmt.Errorf("its handle came back as %+v", again)
	}
	return nil
}
