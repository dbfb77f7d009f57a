package load

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html"
	"io"
	"math/bits"
	"strings"

	"github.com/asyncctl/asyncctl/internal/measure"
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
	// Least is the lower end where only bounds are known: the truth lies in the band between.
	Least [][2]float64 `json:"least,omitempty"`
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
			s := &v.Result.Series[i]
			if h := m.Of(s); h.Count() > 0 && !m.Plain {
				p.Curves = append(p.Curves, pageCurve{v.Result.Series[i].Name(), m.Name, above(h, m.Open(s)), band(m, s)})
			}
		}
	}
	return p
}

// trimmed counts in powers of two of microseconds, without the zeros at the end: for a heat map.
func trimmed(s *measure.Spread) []int64 {
	powers := []int64{}
	for _, bar := range s.Bars() {
		power := bits.Len64(uint64(max(bar.To.Microseconds()-1, 0)))
		for len(powers) <= power {
			powers = append(powers, 0)
		}
		powers[power] += bar.Count
	}
	return powers
}

// above returns, for steps of the share of all that is above, the value; down to one of all, or to
// where it is not known because some never came.
func above(h *measure.Histogram, open int64) [][2]float64 {
	var points [][2]float64
	all := h.Count() + open
	for share := 1.0; share*float64(all) >= 0.999; share *= 0.87 {
		rank := measure.Rank(1-share, all)
		if rank > h.Count() {
			return points
		}
		points = append(points, [2]float64{share, float64(h.AtRank(rank)) / milliseconds})
	}
	if open > 0 {
		return points
	}
	return append(points, [2]float64{1 / float64(all), float64(h.Max()) / milliseconds})
}

// band is the curve of the least that a metric can have been; nil where it is known.
func band(m measure.Metric, s *measure.Series) [][2]float64 {
	if h := m.Least(s); h != m.Of(s) && s.Truth != measure.TruthServer {
		return above(h, m.Open(s))
	}
	return nil
}
