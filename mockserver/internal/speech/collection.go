package speech

import (
	"net/http"
	"strings"
)

var jsonContent = []string{"Content-Type: application/json"}

// bodyRoute has a collection that takes submits, its members that are polled, and
// below them a path that cancels them; an empty one is none.
func bodyRoute(collection, cancel, method string) func(x *Exchange) Target {
	return func(x *Exchange) Target {
		rest, ok := strings.CutPrefix(x.Path, collection)
		id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		switch {
		case !ok || rest != "" && rest[0] != '/':
			return Target{}
		case id == "" && x.R.Method == http.MethodPost:
			return Target{Phase: OnSubmit}
		case id == "":
			return NotAllowed("OPTIONS, POST")
		case !nested && IsGet(x.R):
			return Target{Phase: OnPoll, ID: id}
		case !nested:
			return NotAllowed(AllowStatusNoCancel)
		case cancel != "" && "/"+tail == cancel && x.R.Method == method:
			return Target{Phase: OnCancel, ID: id}
		case cancel != "" && "/"+tail == cancel:
			return NotAllowed("OPTIONS, " + method)
		}
		return Target{ID: id}
	}
}
