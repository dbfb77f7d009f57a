//go:build !linux

package loadtest

func platformSenders() []makeSender { return nil }
