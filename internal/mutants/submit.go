package mutants

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// submitMutants spoil the answer to the submit.
var submitMutants = []mutant{
	{
		name: "accepted-200", summary: "the submit is answered with 200, and the work goes on",
		breaks: []string{"submit-202"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Del("Location")
				a.status = http.StatusOK
			}
		}),
	},
	{
		name: "location-twice", summary: "the 202 has two lines of Location",
		breaks: []string{"location-single-field-line"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Add("Location", "http://gateway.test"+a.header.Get("Location"))
			}
		}),
	},
	{
		name: "location-userinfo", summary: "the Location holds the credentials of the backend",
		breaks: []string{"status-url-no-userinfo"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Set("Location", "http://admin:hunter2@"+r.Host+a.header.Get("Location"))
			}
		}),
	},
	{
		name: "location-downgrade", summary: "the submit goes over https, and the Location leads to http", secure: true,
		breaks: []string{"status-url-no-downgrade", "status-url-resolves"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Set("Location", "http://"+r.Host+a.header.Get("Location"))
			}
		}),
	},
	{
		name: "location-template", summary: "the Location has the text of a template in it",
		breaks: []string{"location-valid-uri-reference", "status-url-resolves", "pending-200"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Set("Location", "/operations/{id}")
			}
		}),
	},
	{
		name: "ids-count", summary: "the ids of operations count up",
		breaks: []string{"status-url-unguessable"},
		wrap:   numbered,
	},
	{
		name: "accepted-empty", summary: "the 202 has no content",
		breaks: []string{"accepted-body-describes-status"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.empty()
			}
		}),
	},
	{
		name: "accepted-elsewhere", summary: "the content of the 202 names another status URL than its header",
		breaks: []string{"accepted-body-describes-status"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.body = []byte(`{"status":"Pending","statusUrl":"/operations/another"}`)
				a.header.Del("Content-Length")
			}
		}),
	},
	{
		name: "accepts-garbage", summary: "what must be refused is accepted",
		breaks: []string{"validates-synchronously"},
		wrap: func(mock http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "outcome=misspelt", "outcome=failed", 1)
				mock.ServeHTTP(w, r)
			})
		},
	},
	{
		name: "prefer-strict", summary: "a preference that it does not know is refused with 400",
		breaks: []string{"unknown-preference-ignored"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if strings.Contains(r.Header.Get("Prefer"), "x-asyncctl") {
				a.json(http.StatusBadRequest, `{"error":{"code":"BadPrefer","message":"unknown preference"}}`)
			}
		}),
	},
	{
		name: "prefer-echo", summary: "Preference-Applied echoes Prefer",
		breaks: []string{"preference-applied-truthful"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if prefer := r.Header.Get("Prefer"); prefer != "" && accepted(r, a) {
				a.header.Set("Preference-Applied", prefer)
			}
		}),
	},
	{
		name: "prefer-cached", summary: "the answer to the submit depends on Prefer and may be cached",
		breaks: []string{"vary-prefer"}, target: byGet,
		wrap: takesGet(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Set("Cache-Control", "public, max-age=60")
				a.header.Del("Vary")
			}
		}),
	},
	{
		name: "status-abroad", summary: "the status URL is on another origin that asks for the same credentials",
		breaks: []string{"status-url-same-origin", "status-url-resolves"},
		faults: []mockserver.Fault{{Name: "location-cross-origin"}},
		abroad: guard(challenge),
		suite:  withCredentials,
	},
}

// byGet submits by GET, whose answers caches may keep.
func byGet(t *conformance.Target, _ string) { t.Slow.Method = http.MethodGet }

// takesGet takes a submit by GET, too, and changes the answers of the mock.
func takesGet(change func(r *http.Request, a *reply)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		return rewrite(change)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/operations" && r.Method == http.MethodGet {
				r.Method = http.MethodPost
			}
			mock.ServeHTTP(w, r)
		}))
	}
}

// numbered gives the mock's operations ids that count up.
func numbered(mock http.Handler) http.Handler {
	var mu sync.Mutex
	names := map[string]string{}   // the mock's id to ours
	numbers := map[string]string{} // ours to the mock's
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		for number, id := range numbers {
			r.URL.Path = strings.Replace(r.URL.Path, "/operations/"+number, "/operations/"+id, 1)
		}
		mu.Unlock()
		rewrite(func(r *http.Request, a *reply) {
			mu.Lock()
			defer mu.Unlock()
			if id, ok := strings.CutPrefix(a.header.Get("Location"), "/operations/"); ok && names[id] == "" && a.status == http.StatusAccepted {
				names[id] = strconv.Itoa(1001 + len(names))
				numbers[names[id]] = id
			}
			for id, number := range names {
				a.replace(id, number)
			}
		})(mock).ServeHTTP(w, r)
	})
}
