package mockserver

import "strings"

// field sets a field of the header, with its name as the family spells it.
func (x *exchange) field(name, value string) { x.w.Header()[name] = []string{value} }

// monitor and product are the URLs of the status and of the result.
func (x *exchange) monitor(v view) string { return x.d.monitor(x, v) }
func (x *exchange) product(v view) string { return x.d.product(x, v) }

// origin is the scheme and the host that the request was sent to.
func (x *exchange) origin() string {
	if x.r.TLS != nil {
		return "https://" + x.r.Host
	}
	return "http://" + x.r.Host
}

// here is the absolute URL of a path of the dialect.
func (x *exchange) here(path string) string {
	if x.r.Host == "" { // HTTP/1.0
		return x.prefix + path
	}
	return x.origin() + x.prefix + path
}

// location is where a path of the dialect is, as the scenario wants it told.
func (x *exchange) location(v view, path string) string {
	if v.scenario.AbsoluteLocation {
		return x.here(path)
	}
	return x.prefix + path
}

// beside puts a segment behind the path of a URL, before its query.
func beside(target, tail string) string {
	path, query, ok := strings.Cut(target, "?")
	if ok {
		return path + tail + "?" + query
	}
	return path + tail
}

// pathOf is a URL without scheme and host.
func pathOf(target string) string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		return "/" + path
	}
	return target
}
