package probe

import (
	"context"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// probeRetention waits until the record of an operation may be gone, and asks for it.
func (r *run) probeRetention() {
	ctx, cancel := context.WithTimeoutCause(r.ctx, r.s.patience()+r.target.Retention+10*time.Second, errBudget)
	defer cancel()
	v := &talk{r: r, c: r.newCaller(), t: evidence.Transcript{Probe: evidence.ProbeRetention}, ctx: ctx}
	defer v.end()
	if !v.submit(r.soon(), nil) {
		return
	}
	v.follow()
	if !evidence.Over(v.op) || !v.pause(r.target.Retention+2*time.Second, "for the end of the retention") {
		return
	}
	v.ask(evidence.RoleExpired, http.MethodGet, v.status, nil, owner)
	if v.op.ResultURL != "" {
		v.ask(evidence.RoleExpired, http.MethodGet, v.op.ResultURL, nil, owner)
	}
}
