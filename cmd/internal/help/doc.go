// Package help writes what a person reads about a command: its help, in groups and as wide as the
// terminal, and its manual page.
package help
