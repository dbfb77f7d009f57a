// Package render turns what the libraries report into what people and programs read: lines, JSON
// records, documents. It never decides anything and never sends a request.
package render

import "github.com/asyncctl/asyncctl/internal/show"

// Clean returns a server's text as it may be shown on a terminal or in a log, in one line; see
// [show.Line].
func Clean(s string) string { return show.Line(s) }

// CleanText is Clean for text of several lines: line breaks and tabs stay.
func CleanText(s string) string { return show.Text(s) }
