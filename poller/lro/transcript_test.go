package lro_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestGenericTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/generic/*.txtar", lro.Generic{})
}

// TestWhenTranscripts plays what people say with --success-when and --failure-when.
func TestWhenTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/when/*.txtar", lro.Conditions{Dialect: lro.Generic{}, Words: []lro.Condition{
		{Word: "Handed over", State: lro.StateSucceeded}, {Word: "Sent back", State: lro.StateFailed},
	}})
}
