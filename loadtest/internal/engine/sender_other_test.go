//go:build !linux || !(amd64 || arm64)

package engine

func platformSenders() []makeSender { return nil }

func (l *looper) take(Sender) {}
