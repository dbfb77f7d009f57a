package speech

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// Resources of Azure, on which operations work, and which tell how far that is.
//
// Azure Resource Manager RPC v1.0, resource-api-reference.md, and
// async-api-reference.md, provisioningState property.

// resource is the name by which the store knows what the path names.
func (x *Exchange) resource() string { return x.Dialect.Name + " " + x.Path }

// LocalPath is the path that was submitted to, below the prefix.
func LocalPath(v work.View, x *Exchange) string { return strings.TrimPrefix(v.Path, x.Prefix) }

// admitResource makes a submit known by its resource, unless it is a mere action.
func admitResource(x *Exchange, sub *work.Submission) *Problem {
	if sub.Method == http.MethodPost {
		return nil
	}
	if x.Host.Stateless && sub.Method != http.MethodDelete {
		return Refuse(http.StatusNotImplemented, "a server that keeps nothing has no resources: submit with POST or DELETE")
	}
	sub.Resource = x.resource()
	if sub.Method != http.MethodDelete {
		s := shapeOf(x.Path, sub.Body)
		s.known = x.Host.Store.Bound(sub.Resource) != ""
		sub.Note = s
	}
	return nil
}

// A shape is a resource as JSON, around the value of its provisioningState.
type shape struct {
	head, tail string
	known      bool // it was there before the submit
}

// created is the HTTP status for a resource: 201 for a new one.
func createdCode(v work.View) int {
	if s, ok := v.Note.(shape); ok && !s.known && v.Method == http.MethodPut {
		return http.StatusCreated
	}
	return http.StatusOK
}

// shapeOf is what was submitted, with what every resource has.
//
// Azure Resource Manager RPC v1.0, resource-api-reference.md.
func shapeOf(path string, body []byte) shape {
	resource := map[string]json.RawMessage{}
	json.Unmarshal(body, &resource) // what is no object leaves nothing
	properties := map[string]json.RawMessage{}
	json.Unmarshal(resource["properties"], &properties)
	resource["id"], resource["name"] = Encode(path), Encode(path[strings.LastIndexByte(path, '/')+1:])
	if kind := kindOfResource(path); kind != "" {
		resource["type"] = Encode(kind)
	}
	const mark = `"\u0000state"`
	properties["provisioningState"] = json.RawMessage(mark)
	resource["properties"] = Encode(properties)
	head, tail, _ := strings.Cut(string(Encode(resource)), mark)
	return shape{head: head + `"`, tail: `"` + tail[:len(tail)-1]}
}

// kindOfResource is the type of a resource: the namespace of its provider and
// every other segment behind that.
func kindOfResource(path string) string {
	at := strings.LastIndex(path, "/providers/")
	if at < 0 {
		return ""
	}
	segments := strings.Split(path[at+len("/providers/"):], "/")
	kind := segments[0]
	for i := 1; i < len(segments); i += 2 {
		kind += "/" + segments[i]
	}
	return kind
}

// resourceARM answers for the resource, which tells its own state.
func (x *Exchange) resourceARM(v work.View) {
	x.Hint(v.Hint)
	if v.Snap.Status == work.Succeeded && (v.Scenario.Result != "" || v.Scenario.ResultSize > 0) {
		x.SendResult(v)
		return
	}
	x.sendShape(http.StatusOK, v)
}

// provisioning is provisioningState: "Succeeded, Failed, Canceled", others are
// not final. async-api-reference.md, provisioningState property.
var provisioning = words{pending: "Accepted", running: "Updating", cancelling: "Canceling", succeeded: "Succeeded", failed: "Failed", cancelled: "Canceled"}

// sendShape sends the resource with its state.
func (x *Exchange) sendShape(code int, v work.View) {
	s, ok := v.Note.(shape)
	if !ok { // a resource that is being deleted
		s = shapeOf(LocalPath(v, x), nil)
	}
	m := append(x.Buf[:0], s.head...)
	m = append(m, provisioning.of(v)...)
	x.send(code, append(m, s.tail...))
}
