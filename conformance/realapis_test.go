package conformance_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// realAPI is an API that exists, as far as its documentation tells, in the small: correct, though unusual.
type realAPI struct {
	name, source     string
	dialect          string // empty: told by the answers
	method, submit   string // empty method: POST
	header           conformance.Fields
	slow, fast, fail string // contents; where they are empty the submit's query says it
	invalid          string // content; empty: none is known
	cancel           conformance.Support
	serve            func(s *shop, w *reply, r *http.Request, body string)
}

// shop keeps the jobs of one API.
type shop struct {
	mu   sync.Mutex
	jobs map[string]*job
}

type job struct {
	id                         string
	began                      time.Time
	takes                      time.Duration
	fails, cancelled, archived bool
}

// begin starts a job; the words of the content, or of the URL, say how it goes.
func (s *shop) begin(said string) *job {
	var b [16]byte
	rand.Read(b[:])
	j := &job{id: hex.EncodeToString(b[:]), began: time.Now(), takes: 3 * time.Second, fails: strings.Contains(said, "fails")}
	if strings.Contains(said, "quick") || j.fails {
		j.takes = time.Second
	}
	s.jobs[j.id] = j
	return j
}

// find is the job whose id stands last in a path, or before a suffix.
func (s *shop) find(path, suffix string) *job {
	path = strings.TrimSuffix(strings.TrimSuffix(path, suffix), "/")
	return s.jobs[path[strings.LastIndexAny(path, "/=:")+1:]]
}

// is chooses by the state of the job.
func (j *job) is(pending, running, succeeded, failed, cancelled string) string {
	age := time.Since(j.began)
	switch {
	case j.cancelled:
		return cancelled
	case age < j.takes/4:
		return pending
	case age < j.takes:
		return running
	case j.fails:
		return failed
	}
	return succeeded
}

func (j *job) over() bool { return j.is("", "", "x", "x", "x") == "x" }

// reply words an answer.
type reply struct{ http.ResponseWriter }

// json sends a document; fields are names and values in turn.
func (w *reply) json(status int, document string, fields ...string) {
	w.send(status, "application/json", document, fields...)
}

func (w *reply) send(status int, media, content string, fields ...string) {
	for i := 0; i+1 < len(fields); i += 2 {
		w.Header().Set(fields[i], fields[i+1])
	}
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	if content != "" {
		w.Header().Set("Content-Type", media)
	}
	w.WriteHeader(status)
	io.WriteString(w, content)
}

// TestRealAPIs judges servers that behave as APIs do that really exist: none of them may be accused.
func TestRealAPIs(t *testing.T) {
	for _, api := range realAPIs {
		t.Run(api.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				report := api.judge(t)
				if report.Broken != "" {
					t.Fatalf("%s: %s", api.source, report.Broken)
				}
				passed := 0
				for _, r := range report.Results {
					switch r.Outcome {
					case conformance.Fail, conformance.Warn, conformance.Inconclusive:
						lines := []string{}
						for _, f := range r.Findings {
							lines = append(lines, f.Lines...)
						}
						t.Errorf("%s: %s %s: %s %q", api.source, r.Outcome, r.ID, r.Reason, lines)
					case conformance.Pass:
						passed++
					}
				}
				if passed < 15 {
					t.Errorf("only %d rules pass: the server was hardly judged", passed)
				}
				if len(report.LeftRunning) > 0 && api.cancel == conformance.Supported {
					t.Errorf("left running: %q", report.LeftRunning)
				}
			})
		})
	}
}

func (api *realAPI) judge(t *testing.T) *conformance.Report {
	world := inMemory()
	l, host, err := world.Listen("real.test")
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{jobs: map[string]*job{}}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		api.serve(s, &reply{w}, r, string(body))
	})}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) })
	defer serving.Wait()
	defer server.Close()
	submit := func(content string) *conformance.Submit {
		u := "http://" + host + api.submit
		if strings.HasPrefix(content, "?") {
			u, content = u+content, ""
		}
		return &conformance.Submit{Method: api.method, URL: u, Header: api.header, Body: conformance.Content(content)}
	}
	target := conformance.Target{
		Dialect: api.dialect, Slow: submit(api.slow), Fast: submit(api.fast), Fail: submit(api.fail),
		Cancel: api.cancel, Keys: conformance.Unsupported,
	}
	if api.invalid != "" {
		target.Invalid = submit(api.invalid)
	}
	suite := conformance.Suite{Transport: world.Transport, Foreign: world.Transport, Level: conformance.May, Dialect: lro.Dialect(dialect.Auto{})}
	if api.dialect != "" {
		suite.Dialect, _ = dialect.ByName(api.dialect)
	}
	return suite.Run(t.Context(), target)
}

// refuse answers what an API does not take: other methods with 405, unknown ids with 404.
func (w *reply) refuse(r *http.Request, j *job, allow, missing, wrong string) bool {
	switch {
	case j == nil || j.archived:
		w.json(http.StatusNotFound, missing)
	case !strings.Contains(", "+allow+",", ", "+r.Method+","):
		w.json(http.StatusMethodNotAllowed, wrong, "Allow", allow)
	default:
		return false
	}
	return true
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
