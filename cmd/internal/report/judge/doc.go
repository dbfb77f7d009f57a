// Package report writes what came of a conformance run, for people and for programs.
//
//	err := report.Write(os.Stdout, report.Text, run, report.Options{})
//
// Each [Format] is one file of this package. All of them say the same: what makes a run fail is
// decided once, by [Gate.Judge]. What a server wrote is shown as text in every format and is never
// markup, a control sequence or a command of a CI system.
//
// The package judges nothing, sends nothing and keeps nothing.
package judge
