package reports

import (
	"encoding/json"
	"time"
)

// Status is the state of an operation, in the words that clients see.
type Status string

// An operation moves from left to right and never back: NotStarted, Running, then one of the other
// three, which are final.
const (
	NotStarted Status = "NotStarted"
	Running    Status = "Running"
	Succeeded  Status = "Succeeded"
	Failed     Status = "Failed"
	Cancelled  Status = "Cancelled"
)

// Operation is one report that is being made. It is stored as a whole and changed only by
// [Operations.Save], which refuses a change of anything but the latest version.
type Operation struct {
	ID       string          `json:"id"`
	Status   Status          `json:"status"`
	Percent  int             `json:"percentComplete"` // 0 to 100; never falls, also when a second worker starts anew
	Created  time.Time       `json:"createdAt"`
	Updated  time.Time       `json:"lastUpdatedAt"`
	Expires  time.Time       `json:"expiresAt,omitzero"` // set once Status is final; the operation is gone afterwards
	Problem  *Problem        `json:"error,omitempty"`    // set if Status is Failed
	Owner    string          `json:"-"`                  // who may see it; empty where there are no tokens
	Order    json.RawMessage `json:"-"`                  // what was asked for
	Result   string          `json:"-"`                  // the name of the result; set if Status is Succeeded
	Attempts int             `json:"-"`                  // how many workers have begun it

	// Version is the store's name for what was loaded; Save compares it.
	Version string `json:"-"`
}

// Done reports whether the operation has ended: nothing may change it any more.
func (op *Operation) Done() bool {
	return op.Status == Succeeded || op.Status == Failed || op.Status == Cancelled
}

// end makes the operation final. It is kept for retention from now on.
func (op *Operation) end(status Status, retention time.Duration) {
	op.Status = status
	op.Expires = now().Add(retention)
	if status == Succeeded {
		op.Percent = 100
	}
}

// now is the current time as it is stored and shown: UTC, in milliseconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// record is the stored form: the document that clients see, and what they need not see.
type record struct {
	Operation
	Owner    string          `json:"owner,omitempty"`
	Order    json.RawMessage `json:"order"`
	Result   string          `json:"result,omitempty"`
	Attempts int             `json:"attempts"`
}

// Encode returns the stored form of an operation, with Updated set to the current time.
func Encode(op *Operation) ([]byte, error) {
	op.Updated = now()
	return json.Marshal(record{*op, op.Owner, op.Order, op.Result, op.Attempts})
}

// Decode reads what Encode wrote. The caller sets Version.
func Decode(content []byte) (*Operation, error) {
	var r record
	if err := json.Unmarshal(content, &r); err != nil {
		return nil, err
	}
	op := r.Operation
	op.Owner, op.Order, op.Result, op.Attempts = r.Owner, r.Order, r.Result, r.Attempts
	return &op, nil
}
