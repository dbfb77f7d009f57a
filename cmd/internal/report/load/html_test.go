package load

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestThePageIsWholeAndAlone(t *testing.T) {
	v := recorded(t)
	r := *v.Result
	r.Target = `</script><script>alert("x")</script>`
	page := render(t, View{Result: &r, Advice: v.Advice, Verdicts: v.Verdicts}.HTML)
	if strings.Contains(page, "alert(") && strings.Contains(page, `<script>alert`) {
		t.Error("what a person or a server wrote becomes part of the page")
	}
	if found := regexp.MustCompile(`(?i)(src|href)=|url\(|@import|https?://[a-z]`).FindString(strings.ReplaceAll(page, "http://127.0.0.1", "")); found != "" {
		t.Errorf("the page refers to something outside: %q", found)
	}
	_, rest, _ := strings.Cut(page, `id="data">`)
	text, _, _ := strings.Cut(rest, "</script>")
	var data pageData
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatalf("the page's data cannot be read: %v", err)
	}
	if len(data.Samples) != len(r.Samples) || data.Summary.Advice == nil || len(data.Curves) < 30 || data.Summary.Target != r.Target {
		t.Errorf("the page holds %d samples and %d curves", len(data.Samples), len(data.Curves))
	}
	for _, c := range data.Curves {
		for i := 1; i < len(c.Points); i++ {
			if c.Points[i][1] < c.Points[i-1][1] {
				t.Errorf("%s of %s falls from %v to %v", c.Metric, c.Strategy, c.Points[i-1], c.Points[i])
			}
		}
	}
	if strings.Contains(page, "{{") {
		t.Error("a place of the page is not filled")
	}
}
