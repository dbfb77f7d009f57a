// Package schema has the names of the documents that the program writes: one table, so that no two are
// alike and none changes by accident. The fields of a document are only ever added to; one that loses a
// field, or changes its meaning, has another number.
package schema

// The documents. The mock's own, asyncctl.grade/1, is the mock's to say.
const (
	Operation = "asyncctl.operation/1" // how one operation ended
	Batch     = "asyncctl.batch/1"     // the record of a line of a batch

	Conformance = "asyncctl.conformance/1" // the report on a target
	Evidence    = "asyncctl.evidence/1"    // what was seen of a target: the index
	Transcript  = "asyncctl.transcript/1"  // the same: one conversation
	SelfTest    = "asyncctl.selftest/1"    // rules against servers with one defect each

	Loadtest   = "asyncctl.loadtest/1"            // everything that a run measured
	Summary    = "asyncctl.loadtest.summary/1"    // what people read of it
	Advice     = "asyncctl.loadtest.advice/1"     // which Retry-After is right
	Comparison = "asyncctl.loadtest.comparison/1" // runs before and after

	Dialects = "asyncctl.dialects/1" // the built-in dialects
	Version  = "asyncctl.version/1"  // the program
)
