package dialect

import (
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
	case name == "api":
		return apiRoot(base), ""
	case name == "job":
		return segment(op.Job), ""
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

// apiRoot returns a URL up to and including the segment that names the version of the API (v1, v1beta1,
// 20160918, 2024-01-01), and its origin where there is none.
func apiRoot(absolute string) string {
	root := lro.Origin(absolute)
	u, err := url.Parse(absolute)
	if err != nil {
		return ""
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		if versionSegment(s) {
			return root + strings.Join(segments[:i+1], "/")
		}
	}
	return root
}

func versionSegment(s string) bool {
	digits := strings.ReplaceAll(s, "-", "")
	if len(digits) == 8 && digits[0] != '0' && strings.Trim(digits, "0123456789") == "" {
		return true
	}
	return len(s) > 1 && s[0] == 'v' && s[1] >= '1' && s[1] <= '9'
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
	v, ok := single(lro.JSON(r.Body), pointer)
	if !ok {
		return ""
	}
	if _, number := v.Number(); number {
		return string(v)
	}
	return v.String()
}

// single returns the value at a pointer in which "*" stands for the element of a list that has exactly one.
func single(doc lro.JSON, pointer string) (lro.JSON, bool) {
	before, after, starred := strings.Cut(pointer, "/*")
	if !starred {
		return doc.At(pointer)
	}
	list, ok := doc.At(before)
	if _, several := list.At("/1"); !ok || several {
		return nil, false
	}
	first, ok := list.At("/0")
	if !ok {
		return nil, false
	}
	return single(first, after)
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
