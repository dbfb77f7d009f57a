//go:build unix

package pending

import "syscall"

// reserve returns n bytes of zeros from outside of Go's heap: the collector neither scans them nor
// makes room for as much again beside them.
func reserve(n int) []byte {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, n)
	}
	return b
}

// release gives back what reserve returned; what came from Go's heap is left to the collector.
func release(b []byte) {
	_ = syscall.Munmap(b) // it fails for memory that was not mapped
}
