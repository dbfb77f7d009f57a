// Package report writes what a load test measured, for people and for programs, and reads it back.
//
//	f, err := os.Open("run.json")
//	result, err := report.Read(f)
//	err = report.Text(os.Stdout, result, report.TextOptions{Width: 80})
//
// The result file ([Write], [Read]) holds everything; all other formats are views of it and can be
// made from it later. Nothing here measures, decides or sends anything.
package load
