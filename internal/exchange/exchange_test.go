package exchange_test

import (
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/exchange"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

func TestEveryDialectHasAnExchange(t *testing.T) {
	for _, name := range dialect.Names() {
		got := exchange.In(name)
		if !strings.HasPrefix(got, "> ") || strings.Count(got, "\n> ") < 1 || strings.Count(got, "\n< ") < 2 {
			t.Errorf("%s: the exchange is %q", name, got)
		}
	}
	if got := exchange.In("auto"); got != "" {
		t.Errorf("auto has %q", got)
	}
	lines := strings.Split(exchange.In("ogc-job"), "\n")
	if lines[0] != "> POST https://ogc.example.org/processes/buffer/execution" || lines[6] != "< Location: /jobs/7" {
		t.Errorf("got %q", lines)
	}
}
