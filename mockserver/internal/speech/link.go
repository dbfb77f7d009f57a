package speech

import (
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// Field sets a field of the header, with its name as the family spells it.
func (x *Exchange) Field(name, value string) { x.W.Header()[name] = []string{value} }

// Monitor and product are the URLs of the status and of the result.
func (x *Exchange) Monitor(v work.View) string { return x.Dialect.Monitor(x, v) }
func (x *Exchange) Product(v work.View) string { return x.Dialect.Product(x, v) }

// Led notes that the answer redirects the client to the status.
func (x *Exchange) Led(v work.View) {
	x.Host.Store.Visit(v.ID, func(op *work.Operation) { op.Led = true })
}

// Origin is the scheme and the host that the request was sent to.
func (x *Exchange) Origin() string {
	if x.R.TLS != nil {
		return "https://" + x.R.Host
	}
	return "http://" + x.R.Host
}

// Here is the absolute URL of a path of the dialect.
func (x *Exchange) Here(path string) string {
	if x.R.Host == "" { // HTTP/1.0
		return x.Prefix + path
	}
	return x.Origin() + x.Prefix + path
}

// location is where a path of the dialect is, as the scenario wants it told.
func (x *Exchange) location(v work.View, path string) string {
	if v.Scenario.AbsoluteLocation {
		return x.Here(path)
	}
	return x.Prefix + path
}

// Beside puts a segment behind the path of a URL, before its query.
func Beside(target, tail string) string {
	path, query, ok := strings.Cut(target, "?")
	if ok {
		return path + tail + "?" + query
	}
	return path + tail
}

// PathOf is a URL without scheme and host.
func PathOf(target string) string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		return "/" + path
	}
	return target
}
