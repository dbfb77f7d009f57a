package lro

import (
	"slices"
	"strings"
)

// Clone returns a copy of op that shares no text with the replies that it was made of. It is for
// callers whose replies lie in buffers that are used again. The header and the content of a submit
// are shared as ever, and a Problem has texts of its own anyway.
func (op Operation) Clone() Operation {
	own(
		&op.Dialect, &op.Cue, &op.Native, &op.Progress.Message, &op.SubmitMethod, &op.SubmitURL, &op.Home,
		&op.Detail, &op.NamedBy, &op.StatusURL, &op.ResultURL, &op.Inline, &op.CancelURL, &op.PromisedURL,
		&op.Location, &op.Job, &op.Next.Method, &op.Next.URL, &op.ETag,
	)
	if v := op.Next.Header["If-None-Match"]; op.Phase != Submitting && len(v) == 1 {
		op.Next.Header = op.Next.Header.Clone()
		op.Next.Header["If-None-Match"] = []string{strings.Clone(v[0])}
	}
	op.trail = slices.Clone(op.trail)
	for i, u := range op.trail {
		op.trail[i] = strings.Clone(u)
	}
	return op
}

// own moves texts into memory of their own, all of them into one piece.
func own(texts ...*string) {
	n := 0
	for _, s := range texts {
		n += len(*s)
	}
	var all strings.Builder
	all.Grow(n)
	for _, s := range texts {
		all.WriteString(*s)
	}
	rest := all.String()
	for _, s := range texts {
		n := len(*s)
		*s, rest = rest[:n], rest[n:]
	}
}
