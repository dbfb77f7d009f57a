package dialect

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// answer is what detection looks at: a submit and the answer to it.
type answer struct {
	method, url, host, path string // of the request
	accept                  string
	status                  int
	r                       lro.Reply
	doc                     jsontext.Value
}

func newAnswer(op *lro.Operation, r lro.Reply) answer {
	a := answer{method: op.Next.Method, url: op.Next.URL, accept: op.Next.Header.Get("Accept"), status: r.Status, r: r}
	if u, err := url.Parse(a.url); err == nil {
		a.host, a.path = strings.ToLower(u.Hostname()), u.Path
	}
	if doc := jsontext.Value(r.Body); doc.IsObject() {
		a.doc = doc
	}
	return a
}

func (a *answer) header(name string) string { return field(a.r, name) }

func (a *answer) location() string { return a.header("Location") }

// accepted reports whether it is a 202 with Location.
func (a *answer) accepted() bool { return a.status == http.StatusAccepted && a.location() != "" }

// target returns the absolute URL of Location.
func (a *answer) target() string {
	absolute, err := lro.Resolve(a.url, a.location())
	if err != nil {
		return a.url
	}
	return absolute
}

// word returns a string of the content.
func (a *answer) word(pointer string) string {
	v, _ := a.doc.At(pointer)
	return v.String()
}

// any reports whether one of the members is there.
func (a *answer) any(pointers ...string) bool {
	for _, p := range pointers {
		if _, ok := a.doc.At(p); ok {
			return true
		}
	}
	return false
}

// media reports whether the content is of a media type, whatever its parameters.
func (a *answer) media(want string) bool {
	name, _, _ := strings.Cut(a.header("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(name), want)
}

func (a *answer) respondAsync() bool {
	return strings.Contains(strings.ToLower(a.header("Preference-Applied")), "respond-async")
}

// speaksFHIR reports whether the answer, or what we asked for, is FHIR.
func (a *answer) speaksFHIR() bool {
	return a.media("application/fhir+json") || a.media("application/fhir+xml") ||
		a.word("/resourceType") == "OperationOutcome" || strings.Contains(a.accept, "application/fhir+") || strings.Contains(a.path, "/$")
}

// provisioning reports whether a PUT or PATCH was answered by a resource that is still at work.
func (a *answer) provisioning() bool {
	word := a.word("/properties/provisioningState")
	if word == "" || a.method != http.MethodPut && a.method != http.MethodPatch {
		return false
	}
	state, _ := lookup(azureWords, []byte(word))
	return !state.Terminal() && (a.status == 200 || a.status == 201 || a.status == 202)
}

// created reports whether a POST was answered by 200: the id within belongs below the URL of the submit,
// which it would not if that were a GET of the thing itself.
func (a *answer) created() bool { return a.status == http.StatusOK && a.method == http.MethodPost }

func (a *answer) queuedRun() bool {
	return a.created() && a.word("/id") != "" && a.word("/status") == "IN_QUEUE" && strings.HasSuffix(a.path, "/run")
}

// loneTask reports whether the content is {"task": "node:17"} and nothing else.
func (a *answer) loneTask() bool {
	node, number, ok := strings.Cut(a.word("/task"), ":")
	if !ok || node == "" || number == "" || strings.Trim(number, "0123456789") != "" {
		return false
	}
	return a.doc.Members() == 1
}

// operationName reports whether a name is that of an operation: operations/x, anything/operations/x.
func operationName(name string) bool {
	i := strings.LastIndexByte(name, '/')
	if i < 0 || i == len(name)-1 {
		return false
	}
	parent := name[:i]
	return parent == "operations" || strings.HasSuffix(parent, "/operations")
}

// queueItem reports whether a reference leads to an item of a queue: .../queue/item/7/.
func queueItem(ref string) bool {
	ref = strings.TrimSuffix(ref, "/")
	i := strings.LastIndexByte(ref, '/')
	return i >= 0 && i < len(ref)-1 && strings.HasSuffix(ref[:i], "/queue/item") && strings.Trim(ref[i+1:], "0123456789") == ""
}
