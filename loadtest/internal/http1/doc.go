// Package http1 reads HTTP/1.1 responses (RFC 9112) from pieces of any size, without copies where
// they arrive in one.
package http1
