package dialect_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// success is the transcript of a dialect that people are shown.
func success(name string) string { return "../../internal/exchange/" + name + ".txtar" }

func TestTranscriptsWithTheDialectNamed(t *testing.T) {
	for _, name := range dialect.Names() {
		if name == lro.GenericName {
			continue
		}
		t.Run(name, func(t *testing.T) {
			d, _ := dialect.ByName(name)
			transcript.Run(t, "testdata/"+name+"/*.txtar", d)
			transcript.Run(t, success(name), d)
		})
	}
}
