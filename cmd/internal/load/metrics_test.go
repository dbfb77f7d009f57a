package load

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

func TestMetricsOfARunThatGoesOn(t *testing.T) {
	f := &followed{}
	ask := func(path string) (int, string) {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code, w.Body.String()
	}
	if code, _ := ask("/"); code != 404 {
		t.Errorf("another path is answered with %d", code)
	}
	s := loadtest.Snapshot{Elapsed: 3 * time.Second, Series: []loadtest.Live{
		{Strategy: "server", Counts: measure.Counts{Submitted: 10, Succeeded: 7}},
		{Strategy: "fixed:1s", Counts: measure.Counts{Submitted: 9, Failed: 9}},
	}}
	s.Done.Record(time.Second)
	f.observe(s)
	code, text := ask("/metrics")
	for _, want := range []string{
		`asyncctl_loadtest_operations_total{strategy="server",fate="succeeded"} 7`,
		`asyncctl_loadtest_operations_total{strategy="fixed:1s",fate="failed"} 9`,
		`asyncctl_loadtest_in_flight{strategy="server"} 3`,
		`asyncctl_loadtest_elapsed_seconds 3`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%d: the metrics do not have %s", code, want)
		}
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, loadtest.AllStrategies) && !strings.Contains(line, "_seconds_") {
			t.Errorf("the sum stands beside its parts: %s", line)
		}
	}
	if !strings.Contains(text, `asyncctl_loadtest_done_seconds_count{strategy="all strategies"} 1`) {
		t.Error("the durations of all strategies are missing")
	}
}
