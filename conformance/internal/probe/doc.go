// Package probe holds the conversations with a target that checks judge.
package probe
