package render

import (
	"math"
	"testing"
	"time"
)

func TestProgressEstimatesOnlyWhereItIsHonest(t *testing.T) {
	type sample struct {
		at      float64 // seconds
		percent float64
	}
	for name, tt := range map[string]struct {
		samples []sample
		now     float64
		want    time.Duration // 0 for no estimate
	}{
		"steady":                     {[]sample{{0, 10}, {5, 20}, {10, 30}}, 10, 35 * time.Second},
		"counts down":                {[]sample{{0, 10}, {5, 20}, {10, 30}}, 14, 31 * time.Second},
		"only two values":            {[]sample{{0, 10}, {9, 20}}, 10, 0},
		"too short":                  {[]sample{{0, 10}, {2, 20}, {4, 30}}, 4, 0},
		"stands still":               {[]sample{{0, 10}, {5, 20}, {10, 20}}, 10, 0},
		"goes back":                  {[]sample{{0, 10}, {5, 30}, {10, 20}}, 10, 0},
		"moves again after standing": {[]sample{{0, 10}, {5, 10}, {10, 20}, {15, 30}}, 15, 35 * time.Second},
		"overdue":                    {[]sample{{0, 10}, {5, 50}, {10, 90}}, 20, 0},
		"too far off":                {[]sample{{0, 1e-9}, {5, 2e-9}, {10, 3e-9}}, 10, 0},
		"no numbers":                 {[]sample{{0, math.NaN()}, {5, math.Inf(-1)}, {10, math.Inf(1)}}, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
			moment := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
			var p progress
			for _, s := range tt.samples {
				p = p.add(moment(s.at), &s.percent)
			}
			got, ok := p.left(moment(tt.now))
			if ok != (tt.want != 0) || ok && got.Round(time.Second) != tt.want {
				t.Errorf("left = %v, %v; want %v", got, ok, tt.want)
			}
			if _, ok := p.add(moment(tt.now), nil).left(moment(tt.now)); ok {
				t.Error("an estimate without a percentage")
			}
		})
	}
}

func TestAboutIsCoarse(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second:             "about 5s left",
		31 * time.Second:        "about 35s left",
		85 * time.Second:        "about 1m30s left",
		11*time.Minute + 1:      "about 12m left",
		time.Hour - time.Second: "about 1h left",
	} {
		if got := about(d); got != want {
			t.Errorf("about(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestQuantities(t *testing.T) {
	for d, want := range map[time.Duration]string{
		350 * time.Millisecond: "350ms", 4200 * time.Millisecond: "4.2s", 200 * time.Second: "3m20s",
		5 * time.Minute: "5m", 10 * time.Minute: "10m", time.Hour: "1h", 70 * time.Minute: "1h10m", 0: "0s",
		3605 * time.Second: "1h0m5s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%d) = %q, want %q", d, got, want)
		}
	}
	for percent, want := range map[float64]string{99.9: "99%", 100: "100%", 250: "100%", -1: "0%", 0.4: "0%"} {
		if got := Percent(percent); got != want {
			t.Errorf("Percent(%v) = %q, want %q", percent, got, want)
		}
	}
}
