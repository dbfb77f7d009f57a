// Package engine carries the requests of one worker over its connections: one loop over epoll where
// the wire is plain HTTP/1.1 on Linux, goroutines over package net or net/http elsewhere.
package engine
