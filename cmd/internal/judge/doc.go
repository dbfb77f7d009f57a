// Package judge is what the conformance commands share: what is judged, by which rules, and where the
// reports go.
package judge
