// Package pending keeps operations that are not over: in a slab, as few bytes each, and in a queue
// by the moments at which they are due.
package pending
