//go:build !unix

package batch

import "os"

// lock does nothing: a file that is open for writing cannot be opened by a second run here, or the
// system has no such thing. See docs/platforms.md.
func lock(*os.File) error { return nil }
