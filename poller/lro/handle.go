package lro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// handleVersion is the version of the handle format that [Operation.MarshalJSON] writes. Versions
// only grow; an older program refuses a newer handle.
const handleVersion = 1

// handle is an operation at rest. It holds no header, no content and no query of the submit, which is
// where credentials are; the version of the API that the query names is kept.
type handle struct {
	Version      int        `json:"asyncctl_handle"`
	Dialect      string     `json:"dialect"`
	Cue          string     `json:"cue,omitempty"`
	State        string     `json:"state"`
	Style        string     `json:"style,omitempty"`
	Spoken       string     `json:"spoken,omitempty"`
	SubmitMethod string     `json:"submit_method,omitempty"`
	SubmitURL    string     `json:"submit_url,omitempty"`
	StatusURL    string     `json:"status_url"`
	NamedBy      string     `json:"named_by,omitempty"`
	CancelURL    string     `json:"cancel_url,omitempty"`
	PromisedURL  string     `json:"promised_url,omitempty"`
	Location     string     `json:"location,omitempty"`
	Job          string     `json:"job,omitempty"`
	JobNumber    bool       `json:"job_number,omitempty"`
	Described    *Described `json:"described,omitempty"`
	Accepted     *time.Time `json:"accepted,omitempty"`
	NotBefore    *time.Time `json:"not_before,omitempty"`
	HintMillis   *int64     `json:"hint_ms,omitempty"`
	Polls        int        `json:"polls,omitempty"`
	CancelSent   bool       `json:"cancel_sent,omitempty"`
}

// MarshalJSON returns the operation's handle: enough to go on waiting in another process, and never
// a credential. The status URL may itself be a secret (a capability URL), so keep handles private.
//
// An operation without a status URL has nothing to go on with: that is an error.
func (op Operation) MarshalJSON() ([]byte, error) {
	if op.StatusURL == "" {
		return nil, errors.New("the operation has no status URL")
	}
	if op.repeat != nil {
		return nil, errors.New("the operation has no status URL: only its submit, sent again, tells the status, and a handle holds no content")
	}
	h := handle{
		Version: handleVersion, Dialect: op.Dialect, Cue: op.Cue,
		State: op.State.String(), Style: op.Style.String(),
		SubmitMethod: op.SubmitMethod, SubmitURL: withoutSecrets(op.SubmitURL),
		Spoken: op.Spoken.text(), StatusURL: op.StatusURL, NamedBy: op.NamedBy, CancelURL: op.CancelURL, PromisedURL: op.PromisedURL, Location: op.Location,
		Job: op.Job, JobNumber: op.JobNumber, Described: op.Described, Polls: op.Polls, CancelSent: op.CancelSent,
		Accepted: timeOrNil(op.Accepted), NotBefore: timeOrNil(op.NotBefore),
	}
	if op.Hinted {
		ms := op.Hint.Milliseconds()
		h.HintMillis = &ms
	}
	return json.Marshal(h)
}

// UnmarshalJSON reads a handle. It refuses what [Operation.MarshalJSON] would not have written:
// another version, unknown or missing members, a URL that may not be followed. The operation that
// results is ready to be polled and has no Home: the person who goes on with it must name the
// origin that may see credentials.
func (op *Operation) UnmarshalJSON(text []byte) error {
	var h handle
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&h); err != nil {
		return fmt.Errorf("not a handle: %w", err)
	}
	if _, err := strict.Token(); !errors.Is(err, io.EOF) {
		return errors.New("not a handle: something follows it")
	}
	if h.Version != handleVersion {
		return fmt.Errorf("not a handle of version %d (asyncctl_handle is %d)", handleVersion, h.Version)
	}
	if h.Dialect == "" {
		return errors.New("not a handle: it names no dialect")
	}
	status, err := Resolve(h.StatusURL, h.StatusURL)
	if err != nil {
		return fmt.Errorf("the handle's status_url cannot be used: %w", err)
	}
	state, ok := stateByName(h.State)
	if !ok {
		return fmt.Errorf("the handle's state %.40q is unknown", h.State)
	}
	read := Operation{
		Dialect: h.Dialect, Cue: h.Cue, State: state,
		SubmitMethod: h.SubmitMethod, SubmitURL: h.SubmitURL, StatusURL: status, NamedBy: h.NamedBy,
		Job: h.Job, JobNumber: h.JobNumber, Described: h.Described, Polls: max(h.Polls, 0), CancelSent: h.CancelSent,
	}
	if err := read.restore(h); err != nil {
		return err
	}
	read.poll()
	*op = read
	return nil
}

// restore checks and takes over the members that are there only sometimes.
func (op *Operation) restore(h handle) error {
	switch h.Style {
	case Style200.String():
		op.Style = Style200
	case Style202.String():
		op.Style = Style202
	case "":
	default:
		return fmt.Errorf("the handle's style %.40q is unknown", h.Style)
	}
	if strings.ContainsFunc(h.NamedBy, notOfName) || len(h.NamedBy) > document.MaxWord {
		return fmt.Errorf("the handle's named_by %.40q is no name of a header field", h.NamedBy)
	}
	if err := op.Spoken.parse(h.Spoken); err != nil {
		return err
	}
	for _, link := range []struct {
		to        *string
		name, url string
	}{{&op.CancelURL, "cancel_url", h.CancelURL}, {&op.PromisedURL, "promised_url", h.PromisedURL}, {&op.Location, "location", h.Location}} {
		if link.url == "" {
			continue
		}
		absolute, err := Resolve(link.url, link.url)
		if err != nil {
			return fmt.Errorf("the handle's %s cannot be used: %w", link.name, err)
		}
		*link.to = absolute
	}
	for _, at := range []struct {
		to   *time.Time
		name string
		time *time.Time
	}{{&op.Accepted, "accepted", h.Accepted}, {&op.NotBefore, "not_before", h.NotBefore}} {
		if at.time == nil {
			continue
		}
		if year := at.time.UTC().Year(); year < 1 || year > 9999 { // it could not be written again
			return fmt.Errorf("the handle's %s is out of range", at.name)
		}
		*at.to = *at.time
	}
	if h.HintMillis != nil {
		if *h.HintMillis < 0 || *h.HintMillis > MaxHint.Milliseconds() {
			return fmt.Errorf("the handle's hint_ms %d is out of range", *h.HintMillis)
		}
		op.Hint, op.Hinted = time.Duration(*h.HintMillis)*time.Millisecond, true
	}
	return nil
}

// text returns the evidence as it stands in a handle.
func (e Evidence) text() string {
	if e == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(e), 16)
}

func (e *Evidence) parse(text string) error {
	if text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 16, 64)
	if *e = Evidence(n); err != nil || e.text() != text {
		return fmt.Errorf("the handle's spoken %.40q is unknown", text)
	}
	return nil
}

// notOfName reports whether a character cannot stand in the name of a field (RFC 9110, section 5.6.2).
func notOfName(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", c)
}

// withoutSecrets drops the parts of a URL that may hold credentials: user name, fragment, and of the
// query everything but the version of the API.
func withoutSecrets(absolute string) string {
	u, err := url.Parse(absolute)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, versionOf(u), false, "", ""
	return u.String()
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Round(0)
	return &t
}
