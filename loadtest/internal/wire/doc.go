// Package wire knows the origins that a load test may reach, their addresses, and how a request to
// them is written.
package wire
