package mock

import (
	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

// ServeFile starts a mock of an API file within this process, and lets the flags read the file again with
// its URL.
func ServeFile(w app.World, f *apifile.Flags) (stop func(), err error) {
	return nil, app.Usagef("--url mock: is not there yet")
}
