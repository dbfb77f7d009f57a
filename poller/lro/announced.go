package lro

import (
	"net/http"
	"strings"
)

// The members of an accepted submit's content that may hold the status URL, and those of a finished
// status document that may hold the result's.
var (
	statusLinks = []string{
		"/statusUrl", "/status_url", "/statusUri", "/monitor", "/links/status", "/links/self",
		"/_links/status/href", "/_links/self/href", "/_links/task/href", "/Location",
	}
	resultLinks = []string{
		"/resourceLocation", "/resultUrl", "/result_url", "/resultLocation", "/links/result", "/_links/result/href",
	}
)

// readAnswer reads the content of the answer to a submit: the status URL where the header has none,
// and whether a 201 announces work or has done it.
func readAnswer(op *Operation, r Reply) Reading {
	doc := JSON(r.Body)
	if !doc.IsObject() || r.Status != http.StatusAccepted && r.Status != http.StatusCreated {
		return Reading{}
	}
	var d digest
	d.read(doc, false)
	got := Reading{State: live(d.word.state), Native: reuse(op.Native, d.native), Progress: d.progress(op)}
	if r.Status == http.StatusCreated {
		if d.word.risky || d.word.state == StateUnknown || d.word.state.Terminal() {
			return Reading{}
		}
		got.StatusURL = r.field("Location")
		if got.StatusURL == "" {
			return Reading{}
		}
		return got
	}
	// The header goes before the content, which may hold anything.
	if r.field("Location") == "" && r.field("Content-Location") == "" && monitorLinkOf(r) == "" {
		got.StatusURL = sameOriginLink(op.Next.URL, doc, statusLinks)
	}
	return got
}

// resultLink finds where a finished status document says that the result is.
func resultLink(op *Operation, r Reply, doc JSON) string {
	if ref := r.field("Location"); ref != "" {
		return ref
	}
	return sameOriginLink(op.Next.URL, doc, resultLinks)
}

// sameOriginLink returns the first of the members that is a reference within the origin of base and
// not base itself. A link in content is a weak cue: it does not lead to another origin.
func sameOriginLink(base string, doc JSON, pointers []string) string {
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
