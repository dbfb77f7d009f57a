package dialect

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// find returns the reference that a source names, in a reply or in what is known of the operation,
// and "" where it is not there.
func find(op *lro.Operation, r lro.Reply, source string) string {
	switch name, header := strings.CutPrefix(source, "header:"); {
	case source == "":
		return ""
	case header:
		return field(r, http.CanonicalHeaderKey(name))
	case !strings.Contains(source, "{"):
		return at(r, source)
	}
	return expand(op, r, source)
}

// expand fills in a template; "" if a value is missing. A query of the URL that it begins with
// (api-version and the like) stays at the end.
func expand(op *lro.Operation, r lro.Reply, template string) string {
	var out strings.Builder
	query, rest := "", template
	for rest != "" {
		text, after, ok := strings.Cut(rest, "{")
		out.WriteString(text)
		if !ok {
			break
		}
		name, after, ok := strings.Cut(after, "}")
		value, tail := placeholder(op, r, name)
		if !ok || value == "" {
			return ""
		}
		if rest == template {
			query = tail
		}
		out.WriteString(value)
		rest = after
	}
	if query != "" {
		return out.String() + "?" + query
	}
	return out.String()
}

// placeholder returns what stands for a placeholder, and the query that belongs behind it.
func placeholder(op *lro.Operation, r lro.Reply, name string) (value, query string) {
	base := op.StatusURL
	if op.Phase == lro.Submitting {
		base = op.Next.URL
	}
	switch {
	case name == "origin":
		return lro.Origin(base), ""
	case name == "status":
		value, query, _ = strings.Cut(op.StatusURL, "?")
	case name == "submit" && op.Phase == lro.Submitting:
		value, query, _ = strings.Cut(base, "?")
	case name == "submit":
		value, query, _ = strings.Cut(op.SubmitURL, "?")
	case strings.HasPrefix(name, "header:"):
		return segment(field(r, http.CanonicalHeaderKey(name[len("header:"):]))), ""
	default:
		return segment(at(r, name)), ""
	}
	return value, query
}

// segment returns a value of the server's as one segment of a path: an id may be "../../admin" or
// "x?y". "" for one that cannot be: no segment, or one that names a level.
func segment(value string) string {
	if value == "." || value == ".." {
		return ""
	}
	return strings.ReplaceAll(url.PathEscape(value), ":", "%3A")
}

// at returns the text or the number at a JSON Pointer into the content.
func at(r lro.Reply, pointer string) string {
	v, ok := lro.JSON(r.Body).At(pointer)
	if !ok {
		return ""
	}
	if _, number := v.Number(); number {
		return string(v)
	}
	return v.String()
}

// field returns one header field; it tolerates a reply without a header section.
func field(r lro.Reply, name string) string {
	if r.Header == nil {
		return ""
	}
	return r.Header.Get(name)
}

// needsReply says whether the source reads a reply.
func needsReply(source string) bool {
	return strings.HasPrefix(source, "header:") || strings.HasPrefix(source, "/") || strings.Contains(source, "{/") || strings.Contains(source, "{header:")
}

// checkSource says what is wrong with a source.
func checkSource(source string) error {
	if source == "" || source == "header:" {
		return fmt.Errorf("%q names nothing", source)
	}
	if strings.HasPrefix(source, "header:") {
		return nil
	}
	if !strings.Contains(source, "{") {
		if source[0] != '/' {
			return fmt.Errorf("%q is neither header:Name nor a JSON Pointer nor a template", source)
		}
		return nil
	}
	for rest := source; strings.ContainsAny(rest, "{}"); {
		_, after, open := strings.Cut(rest, "{")
		name, after, closed := strings.Cut(after, "}")
		known := name == "submit" || name == "status" || name == "origin" || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "header:")
		if !open || !closed || !known {
			return fmt.Errorf("%q: {%s} is none of {submit}, {status}, {origin}, {/pointer}, {header:Name}", source, name)
		}
		rest = after
	}
	return nil
}
