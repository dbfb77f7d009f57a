package lro_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestGenericTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/generic/*.txtar", lro.Generic{})
}
