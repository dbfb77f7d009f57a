//go:build !unix

package app

// Pauses has nothing to do: there is no Ctrl-Z.
func Pauses(World, Pausable) (stop func()) { return func() {} }
