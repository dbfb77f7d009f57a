package dialect

import (
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// proxmox finds the status of a task below the node of the submit.
type proxmox struct{ rules }

func (d *proxmox) with(r rules) lro.Dialect { return &proxmox{r} }

// Read says what the reply means.
func (d *proxmox) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Submitting && strings.HasPrefix(got.Job, "UPID:") {
		got.StatusURL, err = taskURL(op.Next.URL, got.Job), nil
	}
	return got, err
}

// taskURL returns {base}/nodes/{node}/tasks/{upid}/status; the node stands in the task's name.
func taskURL(submit, upid string) string {
	base, _, ok := strings.Cut(submit, "/nodes/")
	parts := strings.Split(upid, ":")
	if !ok || len(parts) < 3 || segment(parts[1]) == "" {
		return ""
	}
	return base + "/nodes/" + segment(parts[1]) + "/tasks/" + segment(upid) + "/status"
}

// Cancel stops the task.
func (d *proxmox) Cancel(op lro.Operation) (lro.Request, bool) {
	target, ok := strings.CutSuffix(op.StatusURL, "/status")
	return lro.Request{Method: http.MethodDelete, URL: target}, ok
}

// catalyst reads tasks whose end is a time beside "isError": false.
type catalyst struct{ rules }

func (d *catalyst) with(r rules) lro.Dialect { return &catalyst{r} }

// Read says what the reply means.
func (d *catalyst) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if end, ok := jsontext.Value(r.Body).At("/response/endTime"); ok && !end.Empty() && got.State == lro.StateRunning && op.Phase != lro.Submitting {
		got.State = lro.StateSucceeded
		d.end(&got, &op, r)
	}
	return got, err
}

// as3 reads the results of all tenants: the worst counts.
type as3 struct{ rules }

func (d *as3) with(r rules) lro.Dialect { return &as3{r} }

// Read says what the reply means.
func (d *as3) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if !got.State.Terminal() || op.Phase == lro.Submitting {
		return got, err
	}
	for _, code := range values(r, "/results/*/code") {
		switch n, ok := code.Number(); {
		case ok && n == 0:
			got.State, got.Problem = lro.StateRunning, nil
			return got, err
		case ok && n >= http.StatusBadRequest:
			got.State = lro.StateFailed
		}
	}
	return got, err
}
