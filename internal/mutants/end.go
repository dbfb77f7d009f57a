package mutants

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/asyncctl/asyncctl/conformance"
)

// endMutants spoil how the end is reported, and how long it can be read.
var endMutants = []mutant{
	{
		name: "redirect-nowhere", summary: "the 303 at the end has no Location",
		breaks: []string{"redirect-location-present"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			if a.status == http.StatusSeeOther {
				a.header.Del("Location")
			}
		}),
	},
	{
		name: "end-retry-after", summary: "the end has the Retry-After of a pending answer", query: "completion=status",
		breaks: []string{"terminal-no-retry-after"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && (strings.Contains(string(a.body), `"Succeeded"`) || strings.Contains(string(a.body), `"Failed"`)) {
				a.header.Set("Retry-After", "1")
			}
		}),
	},
	{
		name: "result-pending", summary: "where the result should be there is a status that says Running",
		breaks: []string{"redirect-target-ok"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if strings.HasSuffix(r.URL.Path, "/result") {
				a.json(http.StatusOK, running)
			}
		}),
	},
	{
		name: "result-empty", summary: "the result is a 200 without content",
		breaks: []string{"redirect-target-ok"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if strings.HasSuffix(r.URL.Path, "/result") && a.status == http.StatusOK {
				a.empty()
			}
		}),
	},
	{
		name: "result-error-page", summary: "the result is a page that tells of an error",
		breaks: []string{"redirect-target-ok"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if strings.HasSuffix(r.URL.Path, "/result") && a.status == http.StatusOK {
				a.json(a.status, "")
				a.header.Set("Content-Type", "text/html")
				a.body = []byte("<!DOCTYPE html>\n<title>Error</title>\n<p>Internal error\n")
			}
		}),
	},
	{
		name: "failure-code-random", summary: "the code of a failure is another in each answer",
		breaks: []string{"failure-persistent"},
		wrap: func(mock http.Handler) http.Handler {
			var n atomic.Int64
			return rewrite(func(r *http.Request, a *reply) {
				if polls(r) && a.status == http.StatusUnprocessableEntity {
					a.json(http.StatusOK, fmt.Sprintf(`{"status":"Failed","error":{"code":"E%d","message":"the work failed"}}`, n.Add(1)))
				}
			})(mock)
		},
	},
	{
		name: "failure-hidden", summary: "an operation that failed redirects to a result",
		breaks: []string{"failure-visible"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			switch {
			case polls(r) && a.status == http.StatusUnprocessableEntity:
				a.empty()
				a.status = http.StatusSeeOther
				a.header.Set("Location", r.URL.Path+"/result")
			case strings.HasSuffix(r.URL.Path, "/result") && a.status >= 400:
				a.json(http.StatusOK, `{"message":"something went wrong"}`)
			}
		}),
	},
	{
		name: "failure-silent", summary: "a failure does not say why",
		breaks: []string{"failure-structured"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusUnprocessableEntity {
				a.json(http.StatusOK, `{"status":"Failed"}`)
			}
		}),
	},
	{
		name: "failure-500", summary: "a failure is reported with 500",
		breaks: []string{"failure-code-not-transient"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusUnprocessableEntity {
				a.json(http.StatusInternalServerError, `{"error":{"code":"Failed","message":"the work failed"}}`)
			}
		}),
	},
	{
		name: "failure-405", summary: "a failure is reported with 405", query: "fail-status=405",
		breaks: []string{"failure-code-not-request-level", "allow-with-405"},
	},
	{
		name: "retention-short", summary: "the record is gone two seconds after the end",
		breaks: []string{"retained-window", "failure-persistent"}, query: "retention=3s",
		target: func(t *conformance.Target, url string) { t.Fast = nil },
	},
	{
		name: "expired-runs", summary: "an operation that is too old is said to run",
		breaks: []string{"gone-after-expiry"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusGone {
				a.json(http.StatusOK, running)
			}
		}),
	},
}
