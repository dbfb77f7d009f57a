package mockserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// example is the example of a dialect as a request without a network.
func example(info mockserver.DialectInfo, prefix string) *http.Request {
	r := httptest.NewRequest(info.Method, prefix+info.Path, strings.NewReader(info.Body))
	for _, line := range info.Header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return r
}

func TestDialectsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for _, info := range mockserver.Dialects() {
		for _, name := range append([]string{info.Name}, info.Aliases...) {
			if other, ok := seen[name]; ok {
				t.Errorf("%s names %s and %s", name, other, info.Name)
			}
			seen[name] = info.Name
			if err := (&mockserver.Server{Dialect: name, Stranger: "http://other.test"}).Check(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if info.Source == "" || info.Method == "" || info.Path == "" || info.Path[0] != '/' {
			t.Errorf("%s: it says too little of itself: %+v", info.Name, info)
		}
	}
}

// TestAllDialectsAtOnce submits the example of each dialect below its name, and
// sees that the answers stay there and that no dialect answers for another.
func TestAllDialectsAtOnce(t *testing.T) {
	mock := &mockserver.Server{Dialect: mockserver.AllDialects, Seed: 1, Stranger: "http://other.test"}
	if err := mock.Check(); err != nil {
		t.Fatal(err)
	}
	for _, info := range mockserver.Dialects() {
		prefix := "/" + info.Name
		w := httptest.NewRecorder()
		mock.ServeHTTP(w, example(info, prefix))
		if w.Code >= 400 {
			t.Errorf("%s: got %d %s", info.Name, w.Code, w.Body)
		}
		for _, field := range []string{"Location", "Content-Location", "Operation-Location", "Azure-AsyncOperation"} {
			for _, target := range w.Header()[field] {
				if !strings.Contains(target, prefix+"/") {
					t.Errorf("%s: %s: %s is not below %s", info.Name, field, target, prefix)
				}
			}
		}
	}
	w := httptest.NewRecorder()
	mock.ServeHTTP(w, httptest.NewRequest("POST", "/operations", nil))
	id := strings.TrimPrefix(w.Header().Get("Location"), "/operations/")
	for path, want := range map[string]int{"/operations/" + id: 200, "/google/v1/operations/" + id: 404, "/ogc/jobs/" + id: 404} {
		w := httptest.NewRecorder()
		mock.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: got %d, want %d", path, w.Code, want)
		}
	}
}

// TestDialectsWithoutMemory sees that another replica answers for an operation,
// or that the dialect says that it cannot.
func TestDialectsWithoutMemory(t *testing.T) {
	key := []byte("a key that both replicas have")
	for _, info := range mockserver.Dialects() {
		one := &mockserver.Server{Dialect: info.Name, Stateless: true, Key: key, Stranger: "http://other.test"}
		other := &mockserver.Server{Dialect: info.Name, Stateless: true, Key: key, Stranger: "http://other.test"}
		w := httptest.NewRecorder()
		one.ServeHTTP(w, example(info, ""))
		if err := one.Check(); (err != nil) != (w.Code == http.StatusNotImplemented) && info.Method != "PUT" {
			t.Errorf("%s: the check says %v, the submit is answered with %d %s", info.Name, err, w.Code, w.Body)
		}
		status := w.Header().Get("Location")
		if info.Name != "ogc-job" && info.Name != "odata-async" && info.Name != "redfish-task" || w.Code >= 300 {
			continue
		}
		w = httptest.NewRecorder()
		other.ServeHTTP(w, httptest.NewRequest("GET", status, nil))
		if w.Code != 200 && w.Code != 202 {
			t.Errorf("%s: the other replica answers %d %s", info.Name, w.Code, w.Body)
		}
	}
}

func TestUWSJobsWaitUntilTheyAreRun(t *testing.T) {
	mock := newMock(t, &mockserver.Server{Dialect: "uws", Workers: 1, Scenario: mockserver.Scenario{Duration: 2 * time.Second}})
	first, second := mock.do("POST", "/jobs", "").header.Get("Location"), mock.do("POST", "/jobs?PHASE=RUN", "").header.Get("Location")
	mock.after(time.Hour)
	mock.get(first+"/phase").says(t, "PENDING")
	mock.get(second+"/phase").says(t, "COMPLETED")
	mock.do("POST", first+"/phase", "PHASE=RUN", "Content-Type: application/x-www-form-urlencoded").want(t, 303)
	mock.get(first+"/phase").says(t, "EXECUTING")
	mock.after(2*time.Second).get(first+"/phase").says(t, "COMPLETED")
}

func TestAHintOnlyWhereTheFamilyHasOne(t *testing.T) {
	for query, want := range map[string]string{"": "", "?asyncctl.retry-after=7": "7"} {
		mock := newMock(t, &mockserver.Server{Dialect: "google-lro"})
		mock.do("POST", "/v1/books"+query, "").want(t, 200).wantHeader(t, "Retry-After", want)
	}
}

func TestUsageOfADialect(t *testing.T) {
	mock := newMock(t, &mockserver.Server{Dialect: mockserver.AllDialects})
	mock.get("/fhir/").want(t, 200).says(t, "the dialect fhir-bulk").says(t, "'http://example.com/fhir/fhir/$export'").says(t, "retry-after")
}

func TestADialectHasItsOwnEnd(t *testing.T) {
	mock := newMock(t, &mockserver.Server{Dialect: "google"})
	mock.do("POST", "/v1/books?asyncctl.completion=status", "").want(t, 400).says(t, "the dialect google-lro has its own")
	if err := (&mockserver.Server{Dialect: "google", Scenario: mockserver.Scenario{PendingStatus: 202}}).Check(); err == nil {
		t.Error("the check says nothing")
	}
}

// FuzzDialects sends any request to all dialects at once.
func FuzzDialects(f *testing.F) {
	for _, info := range mockserver.Dialects() {
		f.Add(info.Method, "/"+info.Name+info.Path, info.Body, uint16(9))
		f.Add("GET", "/"+info.Name+"/", "", uint16(0))
	}
	f.Add("POST", "/dropbox/2/a/check", `{"async_job_id":7}`, uint16(0))
	f.Add("POST", "/salesforce/services/data/v1/jobs/ingest/x", `[`, uint16(0))
	f.Fuzz(func(t *testing.T, method, target, body string, seconds uint16) {
		now := epoch
		mock := &mockserver.Server{
			Dialect: mockserver.AllDialects, Now: func() time.Time { return now }, Seed: 1, MaxWait: -1, MaxBody: 1000, Stranger: "http://other.test",
		}
		path, query, _ := strings.Cut(target, "?")
		for range 3 {
			request := httptest.NewRequest("POST", "/", strings.NewReader(body))
			request.Method, request.URL.Path, request.URL.RawQuery = method, path, query
			request.Header.Set("X-Broker-API-Version", "2.17")
			request.Header.Set("Prefer", "respond-async")
			recorder := httptest.NewRecorder()
			mock.ServeHTTP(impatient{recorder}, request)
			if recorder.Code < 200 || recorder.Code > 599 {
				t.Fatalf("got status %d", recorder.Code)
			}
			for name, values := range recorder.Header() {
				if len(values) != 1 || strings.ContainsAny(values[0], "\r\n\x00") {
					t.Fatalf("field %s: %q", name, values)
				}
			}
			checkJSON(t, recorder)
			now = now.Add(time.Duration(seconds) * time.Second)
		}
	})
}

// checkJSON sees that what calls itself JSON is JSON.
func checkJSON(t *testing.T, r *httptest.ResponseRecorder) {
	t.Helper()
	kind := r.Header().Get("Content-Type")
	whole := r.Body.Len() > 0 && r.Body.Len() < 64<<10
	if whole && strings.HasSuffix(kind, "json") && !strings.HasSuffix(kind, "ndjson") && !json.Valid(r.Body.Bytes()) {
		t.Fatalf("%d %s: %s", r.Code, kind, r.Body)
	}
}

// BenchmarkPollDialects measures a poll of a pending operation in each dialect.
func BenchmarkPollDialects(b *testing.B) {
	for _, name := range []string{"arm-async", "azure-oploc", "google-lro", "fhir-bulk", "odata-async", "redfish-task", "ogc-job", "durable", "openai-response", "uws"} {
		b.Run(name, func(b *testing.B) {
			mock := &mockserver.Server{Dialect: name, Seed: 1, Scenario: mockserver.Scenario{Duration: mockserver.MaxDuration}}
			info := mockserver.Dialects()[slices.IndexFunc(mockserver.Dialects(), func(d mockserver.DialectInfo) bool { return d.Name == name })]
			mock.ServeHTTP(httptest.NewRecorder(), example(info, ""))
			request := httptest.NewRequest("GET", polled(name, mock.Operations()[0].ID), nil)
			w := &discard{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				mock.ServeHTTP(w, request)
			}
		})
	}
}

// polled is the status URL of an operation.
func polled(dialect, id string) string {
	return map[string]string{
		"arm-async":   "/subscriptions/0/providers/Microsoft.Mock/locations/westeurope/operationStatuses/" + id + "?api-version=1",
		"azure-oploc": "/operations/" + id + "?api-version=1", "google-lro": "/v1/operations/" + id,
		"fhir-bulk": "/fhir/bulkstatus/" + id, "odata-async": "/odata/async-monitor-" + id,
		"redfish-task": "/redfish/v1/TaskService/TaskMonitors/" + id, "ogc-job": "/jobs/" + id,
		"durable":         "/runtime/webhooks/durabletask/instances/" + id + "?taskHub=MockHub&connection=Storage&code=mock-system-key",
		"openai-response": "/v1/responses/" + id, "uws": "/jobs/" + id,
	}[dialect]
}
