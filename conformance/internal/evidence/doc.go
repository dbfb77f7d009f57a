// Package evidence holds what was asked of a target and what came back, and keeps it in files.
package evidence
