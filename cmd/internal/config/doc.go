// Package config reads what a person and a project have configured, and fills in the flags that were
// not given.
package config
