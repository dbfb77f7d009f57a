// Package app is the world that a command runs in: its streams and environment, the signals that end
// it, what goes wrong and with which exit code, and writing where a person said.
package app
