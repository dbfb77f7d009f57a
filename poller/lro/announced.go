package lro

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// The members of an accepted submit's content that may hold the status URL, and those of a finished
// status document that may hold the result's.
var (
	statusLinks = []string{
		"/statusUrl", "/status_url", "/statusUri", "/statusURL", "/monitor", "/monitorUrl", "/links/status", "/_links/status/href", "/links/status/href",
		"/status_uri", "/statusLink", "/status_link", "/statusHref", "/checkStatusUrl", "/check_status_url", "/pollUrl", "/poll_url", "/pollingUrl",
		"/polling_url", "/poll", "/monitor_url", "/monitorUri", "/trackingUrl", "/tracking_url", "/jobUrl", "/job_url", "/taskUrl", "/task_url",
		"/operationUrl", "/operation_url", "/_links/monitor/href", "/_links/job/href", "/_links/task/href", "/_links/operation/href",
		"/links/monitor", "/links/job", "/links/task", "/links/operation", "/links/monitor/href",
	}
	// selfLinks lead to the thing itself: the operation, after a 202.
	selfLinks = []string{"/links/self", "/_links/self/href", "/links/self/href", "/Location", "/selfLink", "/self", "/href", "/url", "/uri"}
	// jobLinks are those within an object that stands for the operation: {"job": {"_links": ...}}.
	jobLinks    = []string{"/statusUrl", "/status_url", "/_links/status/href", "/_links/self/href", "/links/status", "/links/self", "/links/self/href", "/href", "/url", "/self"}
	jobObjects  = []string{"/job", "/task", "/operation", "/data"}
	resultLinks = []string{
		"/resourceLocation", "/resultUrl", "/result_url", "/resultLocation", "/links/result", "/_links/result/href",
	}
)

// readAnswer reads the content of the answer to a submit: the status URL where the header has none,
// whether a 200 or 201 announces work or has done it, and what the server's documents look like.
func readAnswer(op *Operation, r Reply) Reading {
	if r.Status/100 != 2 {
		return Reading{}
	}
	doc := document.Text(r.Body)
	if !doc.IsObject() {
		if applied(r) {
			return announced(r)
		}
		if len(doc) > 0 && doc[0] == '<' && r.Status == http.StatusAccepted {
			var v document.Summary
			v.Read(doc)
			return Reading{Spoken: spoken(&v)}
		}
		return Reading{}
	}
	var v document.Summary
	v.Read(doc)
	if r.Status == http.StatusAccepted {
		return acceptedIn(op, r, doc, &v)
	}
	return answeredIn(op, r, doc, &v)
}

// answeredIn reads the content of a 200 or 201 in answer to a submit: work that goes on is no result,
// and neither is an error, or nothing but the name of a job.
func answeredIn(op *Operation, r Reply, doc jsontext.Value, v *document.Summary) Reading {
	heard, goes := v.Goes(document.Top)
	if !goes {
		heard, goes = v.Goes(document.InJob)
	}
	switch {
	case applied(r) && (goes || !v.Stated()):
		return announced(r)
	case r.Status != http.StatusCreated && r.Status != http.StatusOK, op.Next.Method == http.MethodGet, op.Next.Method == http.MethodDelete:
		return Reading{} // the thing itself, or its end
	case goes && heard.Text != nil:
		return goesOnIn(op, r, doc, v, heard)
	}
	if doc.Members() == 1 {
		// Nothing but the name of a job: that is no result.
		if ref := jobLink(op.Next.URL, doc); ref != "" {
			return Reading{StatusURL: ref, NamedBy: "content"}
		}
	}
	if !v.Stated() && document.NamesJob(doc) {
		if ref := sameOriginLink(op.Next.URL, doc, statusLinks); ref != "" {
			return Reading{StatusURL: ref, NamedBy: "content"}
		}
	}
	return noResult(doc, v)
}

// goesOnIn is the reading of an answer that says that the work goes on. A link to the thing itself is not
// followed: an order that is processing may be so for days.
func goesOnIn(op *Operation, r Reply, doc jsontext.Value, v *document.Summary, heard document.Statement) Reading {
	got := Reading{State: live(State(heard.State())), Native: reuse(op.Native, heard.Text), Progress: progress(v, op), Spoken: spoken(v)}
	if ref := r.field("Location"); ref != "" {
		got.StatusURL = ref
	} else if got.StatusURL = sameOriginLink(op.Next.URL, doc, statusLinks); got.StatusURL != "" {
		got.NamedBy = "content"
	}
	return got
}

// noResult is the reading of an answer that says that nothing was done, or only what the job is called.
func noResult(doc jsontext.Value, v *document.Summary) Reading {
	if heard, ok := v.Failed(document.Top); ok {
		return Reading{Undecided: true, Why: doubt(heard)}
	}
	if v.ErrorAlone() {
		return Reading{Undecided: true, Why: "it holds nothing but an error"}
	}
	if v.Denies() {
		return Reading{Undecided: true, Why: "it says that it is no success"}
	}
	if document.NamesJob(doc) || v.Envelope() != nil && doc.Members() < 5 && document.NamesJob(v.Envelope()) {
		return Reading{Undecided: true, Why: "it names a job, and not where its status is"}
	}
	return Reading{}
}

// acceptedIn reads the content of a 202.
func acceptedIn(op *Operation, r Reply, doc jsontext.Value, v *document.Summary) Reading {
	got := Reading{Spoken: spoken(v), Progress: progress(v, op)}
	if heard, ok := v.Loudest(); ok {
		got.State, got.Native = live(State(heard.State())), reuse(op.Native, heard.Text)
	}
	// The header goes before the content, which may hold anything.
	if r.field("Location") == "" && op.contentLocation(r) == "" && monitorLinkOf(r) == "" {
		if got.StatusURL = contentLink(op.Next.URL, doc); got.StatusURL != "" {
			got.NamedBy = "content"
		}
	}
	return got
}

// applied reports whether the server says that it answers asynchronously (RFC 7240, sections 3 and 4.1)
// and where the status is.
func applied(r Reply) bool {
	return containsFold(r.field("Preference-Applied"), "respond-async") &&
		(r.field("Location") != "" || r.field("Content-Location") != "")
}

// announced is the reading of an answer that only says where the status is.
func announced(r Reply) Reading {
	if ref := r.field("Location"); ref != "" {
		return Reading{State: StatePending, StatusURL: ref}
	}
	return Reading{State: StatePending, StatusURL: r.field("Content-Location")}
}

func containsFold(s, part string) bool { return strings.Contains(strings.ToLower(s), part) }

// contentLink finds the status URL in the content of an acceptance.
func contentLink(base string, doc jsontext.Value) string {
	for _, links := range [...][]string{statusLinks, selfLinks} {
		if ref := sameOriginLink(base, doc, links); ref != "" {
			return ref
		}
	}
	if ref := jobLink(base, doc); ref != "" {
		return ref
	}
	for _, list := range [...]string{"/links", "/_links"} {
		links, _ := doc.At(list)
		if ref := relatedLink(base, links); ref != "" {
			return ref
		}
	}
	return ""
}

// jobLink finds the URL of the operation in the object that stands for it.
func jobLink(base string, doc jsontext.Value) string {
	for _, pointer := range jobObjects {
		job, _ := doc.At(pointer)
		if !job.IsObject() {
			continue
		}
		if ref := sameOriginLink(base, job, jobLinks); ref != "" {
			return ref
		}
	}
	return ""
}

// relatedLink finds the status URL in a list of links with relations: [{"rel": "status", "href": ...}].
func relatedLink(base string, links jsontext.Value) string {
	if len(links) == 0 || links[0] != '[' {
		return ""
	}
	for _, wanted := range [...]string{"status", "monitor", "job", "task", "operation", "self"} {
		for it := links.Walk(); it.Next(); {
			rel, _ := it.Value.At("/rel")
			if strings.EqualFold(rel.String(), wanted) {
				if ref := sameOriginLink(base, it.Value, []string{"/href"}); ref != "" {
					return ref
				}
			}
		}
	}
	return ""
}

// resultLink finds where a finished status document says that the result is.
func resultLink(op *Operation, r Reply, doc jsontext.Value) string {
	if ref := r.field("Location"); ref != "" {
		return ref
	}
	return sameOriginLink(op.Next.URL, doc, resultLinks)
}

// sameOriginLink returns the first of the members that is a reference within the origin of base and
// not base itself. A link in content is a weak cue: it does not lead to another origin.
func sameOriginLink(base string, doc jsontext.Value, pointers []string) string {
	for _, pointer := range pointers {
		v, ok := doc.At(pointer)
		if !ok {
			continue
		}
		ref := v.String()
		if absolute, err := Resolve(base, ref); err == nil && strings.ContainsAny(ref, "/?") && SameOrigin(base, absolute) && absolute != base {
			return ref
		}
	}
	return ""
}
