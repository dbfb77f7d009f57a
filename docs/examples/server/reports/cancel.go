package reports

import (
	"errors"
	"net/http"
)

// cancel ends an operation that has not ended.
//
// Rule: the word "Cancelled" is stored by a conditional write, as is every other end. Of a cancel and
// a success at the same moment one is stored, and clients never see one after the other.
func (a *API) cancel(w http.ResponseWriter, r *http.Request) {
	for {
		op := a.load(w, r)
		switch {
		case op == nil:
			return
		case op.Status == Cancelled:
			send(w, http.StatusOK, op) // DELETE is idempotent (RFC 9110, section 9.2.2)
			return
		case op.Done():
			refuse(w, r, http.StatusConflict, "finished", "the operation has ended already: "+string(op.Status))
			return
		}
		op.end(Cancelled, a.Retention)
		ctx, stop := bounded(r)
		err := a.Store.Save(ctx, op)
		stop()
		switch {
		case err == nil:
			send(w, http.StatusOK, op)
			return
		case !errors.Is(err, ErrChanged):
			unavailable(w, r, err)
			return
		}
		// A worker was faster: look again. Its changes are few, so this ends.
	}
}
