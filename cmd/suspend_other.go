//go:build !unix

package cmd

import "github.com/asyncctl/asyncctl/cmd/internal/render"

// suspendable returns the view as it is: there is no Ctrl-Z here.
func suspendable(v liveView) render.View { return v }
