// Package follow is what the commands share that follow operations: submit, wait, status, cancel and
// batch. A command is a struct with its flags, and a Run that returns an error for app.ExitCode.
package follow
