package load

import (
	"context"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// Command loads an asynchronous endpoint.
type Command struct {
	World      app.World
	Request    curl.Request
	Header     curl.Header
	Connection curl.Connection
	Profile    config.Profile
	API        apifile.Flags
	NoLimits   bool
	Waiting    follow.Waiting // the dialect, its words, and whom to trust
	Load       loadFlags
	Output     Output

	chosen  []*api.Operation // of the API file
	in      *curl.Input
	plan    loadtest.Plan
	until   []judge.Threshold // --threshold
	aborts  []judge.Threshold // --abort-on
	Metrics string            // the address of --listen-metrics
	Remote  bool              // which other machines may reach
	ctx     context.Context
}
