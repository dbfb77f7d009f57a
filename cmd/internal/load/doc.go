// Package load is what the loadtest commands share: the plan, the run, and where its figures go.
package load
