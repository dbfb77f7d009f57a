package dialect

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// find returns the reference that the first template whose holes are all there makes, from a reply and
// what is known of the operation; "" where there is none.
func find(op *lro.Operation, r lro.Reply, templates []string) string {
	for _, t := range templates {
		if ref := expand(op, r, t); ref != "" {
			return ref
		}
	}
	return ""
}

// expand fills in the template of a URL. A template that is one hole is the URL found; elsewhere a value
// becomes one percent-encoded segment. The query of the URL that {{status}} or {{submit}} stands for
// (api-version and the like) goes to the end.
func expand(op *lro.Operation, r lro.Reply, template string) string {
	if name, whole := hole.Whole(template); whole {
		return inHole(op, r, name)
	}
	var out strings.Builder
	query, rest := "", template
	for rest != "" {
		text, name, after, found := hole.Cut(rest)
		out.WriteString(text)
		if !found {
			break
		}
		value := inHole(op, r, name)
		switch name {
		case "status", "submit":
			var own string
			if value, own, _ = strings.Cut(value, "?"); own != "" && query == "" {
				query = own
			}
		case "origin", "api":
		default:
			value = segment(value)
		}
		if value == "" {
			return ""
		}
		out.WriteString(value)
		rest = after
	}
	return joined(out.String(), query)
}

// joined appends a query to a URL that may have one.
func joined(ref, query string) string {
	switch {
	case query == "":
		return ref
	case strings.Contains(ref, "?"):
		return ref + "&" + query
	}
	return ref + "?" + query
}

// inHole returns what stands for a hole; "" where it is not there.
func inHole(op *lro.Operation, r lro.Reply, name string) string {
	base := op.StatusURL
	if op.Phase == lro.Submitting {
		base = op.Next.URL
	}
	switch {
	case name == "origin":
		return lro.Origin(base)
	case name == "api":
		return apiRoot(base)
	case name == "job":
		return op.Job
	case name == "status":
		return op.StatusURL
	case name == "submit" && op.Phase == lro.Submitting:
		return base
	case name == "submit":
		return op.SubmitURL
	case strings.HasPrefix(name, "header:"):
		return field(r, http.CanonicalHeaderKey(name[len("header:"):]))
	}
	return at(r, name)
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

// needsReply reports whether a template reads an answer.
func needsReply(templates ...string) bool {
	for _, t := range templates {
		if strings.Contains(t, "{{/") || strings.Contains(t, "{{header:") {
			return true
		}
	}
	return false
}
