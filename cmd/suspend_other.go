//go:build !unix

package cmd

// pauses has nothing to do: there is no Ctrl-Z.
func pauses(pausable) (stop func()) { return func() {} }
