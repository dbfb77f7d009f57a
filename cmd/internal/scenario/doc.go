// Package scenario reads files that say what the mock does: YAML written by people, and event streams
// that were recorded from real runs.
//
//	file, err := scenario.Open("slow.yaml", nil)
//	file.Apply(server)
//
// What a word means, and whether it may be said, is for [mockserver] to know; this package knows where
// in the file it stands.
package scenario
