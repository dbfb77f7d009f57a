package load

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDashboardAsksForWhatThereIs holds the queries of the Grafana dashboard against the metrics that are
// written, and their labels against those that are.
func TestDashboardAsksForWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/examples/grafana/loadtest.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	v := recorded(t)
	v.Labels = `,run="a",shard="0"`
	if err := v.Prometheus(&b); err != nil {
		t.Fatal(err)
	}
	metrics := b.String()
	name, label := regexp.MustCompile(`asyncctl_loadtest_[a-z_]+`), regexp.MustCompile(`([a-z]+)=~`)
	queries := 0
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			queries++
			for _, metric := range name.FindAllString(target.Expr, -1) {
				at := strings.Index(metrics, "\n"+metric+"{")
				if at < 0 {
					t.Errorf("%s asks for %s, which is not written", p.Title, metric)
					continue
				}
				line, _, _ := strings.Cut(metrics[at+1:], "\n")
				for _, l := range label.FindAllStringSubmatch(target.Expr, -1) {
					if !strings.Contains(line, l[1]+"=") {
						t.Errorf("%s selects by %s, which is no label of %s", p.Title, l[1], line)
					}
				}
			}
		}
	}
	if queries < 15 {
		t.Errorf("only %d queries were looked at", queries)
	}
}
