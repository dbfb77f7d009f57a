// Package rules judges evidence: each rule has a check, a pure function over transcripts.
package rules
