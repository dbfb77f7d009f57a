package load

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html"
	"io"
	"strings"

	"github.com/asyncctl/asyncctl/loadtest/measure"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// pageData is what the page's script draws.
type pageData struct {
	Title   string       `json:"title"`
	Summary Summary      `json:"summary"`
	Samples []pageSample `json:"samples"`
	Curves  []pageCurve  `json:"curves"`
}

// pageSample is a second: its counts, and its spreads without the zeros at their ends.
type pageSample struct {
	SampleRecord
	Spreads map[string][]int64 `json:"spreads"`
}

// pageCurve is the percentile distribution of one metric of one series: pairs of the share that is
// above, and the value in milliseconds.
type pageCurve struct {
	Strategy string       `json:"strategy"`
	Metric   string       `json:"metric"`
	Points   [][2]float64 `json:"points"`
}

// HTML writes a page that needs nothing but itself: no network, no other file. Without a script it
// shows the text.
func (v View) HTML(w io.Writer) error {
	var text bytes.Buffer
	if err := v.Text(&text, TextOptions{Width: 100}); err != nil {
		return err
	}
	title, _, _ := strings.Cut(text.String(), "\n")
	data, err := json.Marshal(v.page(title)) // which escapes what could end the script's element
	if err != nil {
		return err
	}
	_, err = strings.NewReplacer(
		"{{title}}", html.EscapeString(title),
		"{{css}}", pageCSS,
		"{{text}}", html.EscapeString(text.String()),
		"{{data}}", string(data),
		"{{js}}", pageJS,
	).WriteString(w, pageHTML)
	return err
}

func (v View) page(title string) pageData {
	p := pageData{Title: title, Summary: v.Summary(), Samples: []pageSample{}, Curves: []pageCurve{}}
	for i := range v.Result.Samples {
		s := &v.Result.Samples[i]
		p.Samples = append(p.Samples, pageSample{RecordOf(s), map[string][]int64{
			"poll": trimmed(&s.Latency), "done": trimmed(&s.DoneIn), "lag": trimmed(&s.LagIn), "late": trimmed(&s.Late),
		}})
	}
	for i := range v.Result.Series {
		for _, m := range measure.Metrics() {
			if h := m.Of(&v.Result.Series[i]); h.Count() > 0 && !m.Plain {
				p.Curves = append(p.Curves, pageCurve{v.Result.Series[i].Strategy, m.Name, above(h)})
			}
		}
	}
	return p
}

func trimmed(s *measure.Spread) []int64 {
	n := len(s)
	for n > 0 && s[n-1] == 0 {
		n--
	}
	return s[:n]
}

// above returns, for steps of the share of values that are above, the value; down to one of all.
func above(h *measure.Histogram) [][2]float64 {
	var points [][2]float64
	n := float64(h.Count())
	for share := 1.0; share*n >= 0.999; share *= 0.87 {
		points = append(points, [2]float64{share, float64(h.Quantile(1-share)) / milliseconds})
	}
	return append(points, [2]float64{1 / n, float64(h.Max()) / milliseconds})
}
