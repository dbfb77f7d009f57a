//go:build !linux

package app

// mountPoint reports false: only on Linux single files are mounted.
func mountPoint(string) bool { return false }
