package mockserver_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A trip is what the real client is to make of one dialect.
type trip struct {
	result    string     // the result, or a part of it that names it
	whole     bool       // result is all of it
	atOnce    string     // a part of the result if the submit is answered with the end; empty: as result
	start     string     // the content of a PATCH that lets the operation begin
	auto      string     // the dialect that the client finds out; empty: the same; "-": none
	failed    lro.Reason // the end of a failed operation; empty: operation-failed
	cancelled lro.Reason // ... of one that the server cancels; empty: operation-cancelled
	recalled  lro.Reason // ... of one that the client cancels; empty: as cancelled; "-": it cannot
	expired   lro.Reason // ... of one past its retention; empty: not-found
	partial   lro.Reason // ... of one that succeeds in part; empty: operation-partial; "-": success
}

const answer = `{"answer":42}`

// trips has every dialect of the mock that the client knows.
var trips = map[string]trip{
	"generic":           {result: answer, whole: true, expired: lro.Expired},
	"arm-async":         {result: answer, whole: true, recalled: "-"},
	"arm-location":      {result: answer, whole: true, auto: "generic", cancelled: lro.OperationFailed, recalled: "-"},
	"arm-body":          {result: answer, whole: true, recalled: "-"},
	"azure-oploc":       {result: answer, whole: true},
	"google-lro":        {result: `{"@type":"type.googleapis.com/google.protobuf.Struct","value":` + answer + `}`, whole: true},
	"gce-operation":     {result: answer, whole: true, atOnce: `"status":"DONE"`, cancelled: lro.OperationFailed, recalled: "-"},
	"fhir-bulk":         {result: `"requiresAccessToken":false,"output":[{"type":"Patient","url":"http://mock.test/fhir/bulkfiles/`, cancelled: lro.OperationFailed, recalled: lro.OperationCancelled, partial: "-"},
	"fhir-async-bundle": {result: answer, whole: true, cancelled: lro.OperationFailed, recalled: lro.OperationCancelled},
	"fhir-async-303":    {result: answer, whole: true, auto: "fhir-async-bundle", cancelled: lro.OperationFailed, recalled: lro.OperationCancelled},
	"odata-async":       {result: answer, whole: true, cancelled: lro.OperationFailed, recalled: lro.OperationCancelled, expired: lro.Expired},
	"redfish-task":      {result: answer, whole: true, cancelled: lro.NotFound, recalled: lro.OperationCancelled, expired: lro.Expired},
	"ogc-job":           {result: answer, whole: true},
	"jsonapi-async":     {result: answer, whole: true, cancelled: lro.OperationFailed, recalled: "-", expired: lro.Expired},
	"osb":               {result: `"state":"succeeded"`, cancelled: lro.OperationFailed, recalled: "-"},
	"durable":           {result: answer, whole: true},
	"ms-graph-monitor":  {result: `"resourceId":"01`, auto: "generic", cancelled: lro.OperationFailed, recalled: "-"},
	"uws":               {result: answer, whole: true},
	"replicate":         {result: answer, whole: true},
	"openai-response":   {result: `"text":"{\"answer\":42}"`},
	"assemblyai":        {result: `"text":"{\"answer\":42}"`, cancelled: lro.OperationFailed, recalled: "-"},
	"openai-batch":      {result: answer, whole: true, atOnce: "{"},
	"anthropic-batch":   {result: answer, whole: true},
	"fal-queue":         {result: answer, whole: true, cancelled: lro.OperationFailed},
	"runpod":            {result: answer, whole: true},
	"es-async-search":   {result: answer, whole: true, cancelled: lro.OperationFailed, recalled: lro.OperationCancelled},
	"snowflake-sql":     {result: answer, whole: true, cancelled: lro.OperationFailed, recalled: lro.OperationFailed},
	"jenkins-queue":     {result: `"result":"SUCCESS"`},
	"lxd-operation":     {result: answer, whole: true},
	"jira-task":         {result: answer, whole: true},
	"oci-workrequest":   {result: `"status":"SUCCEEDED"`},
	"adobe-pdf":         {auto: "-", result: answer, whole: true, cancelled: lro.OperationFailed, recalled: "-"},
	"salesforce-bulk2":  {result: answer, whole: true, start: `{"state":"UploadComplete"}`},
	"box-commit":        {auto: "-", result: answer, whole: true, cancelled: lro.OperationFailed, recalled: "-"},
	"es-task":           {result: answer, whole: true},
	"splunk-job":        {result: answer, whole: true, cancelled: lro.OperationFailed, recalled: lro.OperationCancelled},
	"openai-finetune":   {result: `"fine_tuned_model":"ft:mock:`},
	"stability":         {auto: "-", result: answer, whole: true, cancelled: lro.OperationFailed, recalled: "-"},
	"dropbox-async":     {result: `{".tag":"complete","answer":42}`, cancelled: lro.OperationFailed, recalled: "-"},
}

// TestEveryDialectWithTheClient lets the real client follow an operation in each
// dialect to each of its ends.
func TestEveryDialectWithTheClient(t *testing.T) {
	for _, info := range mockserver.Dialects() {
		trip, known := trips[info.Name]
		if !known {
			t.Errorf("%s: there is no trip", info.Name)
		}
		named, ok := dialect.ByName(info.Name)
		if !ok {
			t.Errorf("%s: the client does not know it", info.Name)
			continue
		}
		t.Run(info.Name, func(t *testing.T) { trip.take(t, info, named) })
	}
	for _, name := range dialect.Names() {
		// arr-202 is the generic one with PendingStatus 202 and CompletionResult.
		if _, ok := trips[name]; !ok && name != "arr-202" && !slices.Contains(byFile, name) {
			t.Errorf("%s: the mock does not speak it", name)
		}
	}
}

// byFile are the dialects that the mock has no vocabulary of its own for: an API file with the dialect makes
// a mock of it (asyncctl mockserver --api).
var byFile = []string{
	"databricks-run", "github-run", "azure-devops-build", "ontap-job", "proxmox-task", "hetzner-action", "ionos-request", "catalyst-task",
	"as3-task", "vcd-task", "arango-job", "mastodon-media",
}

func (trip trip) take(t *testing.T, info mockserver.DialectInfo, named lro.Dialect) {
	succeeded := lro.ReasonNone
	ends := []struct {
		name   string
		sc     mockserver.Scenario
		want   lro.Reason
		cancel bool
	}{
		{"succeeded", mockserver.Scenario{}, succeeded, false},
		{"at once", mockserver.Scenario{Duration: mockserver.AtOnce}, succeeded, false},
		{"queued", mockserver.Scenario{Queue: 2 * s}, succeeded, false},
		{"failed", mockserver.Scenario{Outcome: mockserver.OutcomeFailed}, cmp.Or(trip.failed, lro.OperationFailed), false},
		{"cancelled", mockserver.Scenario{Outcome: mockserver.OutcomeCancelled}, cmp.Or(trip.cancelled, lro.OperationCancelled), false},
		{"expired", mockserver.Scenario{Retention: mockserver.AtOnce}, cmp.Or(trip.expired, lro.NotFound), false},
		{"partial", mockserver.Scenario{Outcome: mockserver.OutcomePartial}, cmp.Or(trip.partial, lro.OperationPartial), false},
		{"recalled", mockserver.Scenario{Duration: time.Hour}, cmp.Or(trip.recalled, cmp.Or(trip.cancelled, lro.OperationCancelled)), true},
	}
	for _, end := range ends {
		end.sc.Result = answer
		if info.Name == "jenkins-queue" && end.cancel {
			end.sc.Queue = time.Hour // what has left the queue cannot be cancelled there
		}
		if end.want == "-" {
			end.want = succeeded
			if end.cancel {
				continue
			}
		}
		trip := trip
		if end.sc.Duration == mockserver.AtOnce {
			trip.result, trip.whole = cmp.Or(trip.atOnce, trip.result), false
		}
		t.Run(end.name, func(t *testing.T) { trip.follow(t, info, named, end.sc, end.want, end.cancel) })
		if end.cancel || trip.auto == "-" {
			continue
		}
		t.Run(end.name+" unnamed", func(t *testing.T) { trip.follow(t, info, dialect.Auto{}, end.sc, end.want, false) })
	}
}

// request is the example of a dialect as the client sends it.
func request(origin string, info mockserver.DialectInfo) lro.Request {
	req := lro.Request{Method: info.Method, URL: origin + info.Path, Header: http.Header{}}
	if info.Body != "" {
		req.Body = []byte(info.Body)
	}
	for _, line := range info.Header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	return req
}

func (trip trip) follow(t *testing.T, info mockserver.DialectInfo, d lro.Dialect, sc mockserver.Scenario, want lro.Reason, cancel bool) {
	synctest.Test(t, func(t *testing.T) {
		mock := &mockserver.Server{Dialect: info.Name, Scenario: sc, Journal: 100, Seed: 1}
		if err := mock.Check(); err != nil && sc.Outcome == mockserver.OutcomePartial && strings.Contains(err.Error(), "no success in part") {
			t.Skip("it has no success in part")
		}
		live := mockserver.NewInMemory(t, mock)
		transport := live.Client().Transport
		client := &poller.Client{Transport: transport, Foreign: transport, Dialect: d, Header: http.Header{"Authorization": {"Bearer secret"}}}
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
		defer stop()
		op, res, err := client.Submit(ctx, request(live.URL, info))
		if err == nil && res == nil && trip.start != "" {
			start, _ := http.NewRequest("PATCH", op.StatusURL, strings.NewReader(trip.start))
			answer, err := live.Client().Do(start)
			if err != nil || answer.StatusCode != 200 {
				t.Fatalf("it does not begin: %v", err)
			}
			answer.Body.Close()
		}
		if err == nil && res == nil && cancel {
			op, _, err = client.Cancel(ctx, op)
		}
		if err == nil && res == nil {
			res, err = client.Wait(ctx, op)
		}
		var body []byte
		if res != nil {
			op = res.Operation
			body, _ = io.ReadAll(res.Body)
			res.Body.Close()
		}
		ended := &poller.Error{}
		if errors.As(err, &ended) {
			op = ended.Operation
		}
		if op.Reason != want || (err == nil) != (want == lro.ReasonNone) {
			t.Errorf("got the reason %q (%v), want %q", op.Reason, err, want)
		}
		if trip.auto != "" && d == (dialect.Auto{}) {
			info.Name = trip.auto
		}
		if op.Dialect != info.Name && op.Polls > 0 {
			t.Errorf("the client calls it %s (%s)", op.Dialect, op.Cue)
		}
		if text := string(body); want == lro.ReasonNone && err == nil && (!strings.Contains(text, trip.result) || trip.whole && text != trip.result) {
			t.Errorf("got the result %q, want %q", text, trip.result)
		}
		report := mock.Grade()
		if report.Early > 0 || !report.Clean() {
			t.Errorf("the client is graded: %v", report.Err())
		}
		if t.Failed() {
			for _, r := range mock.Requests() {
				t.Logf("%s %s%s -> %d %s", r.Method, r.Path, "?"+r.Query, r.Code, r.Status)
			}
		}
	})
}
