package loadtest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Part says which part of which plan a result is of.
type Part struct {
	// Run is the name that the run was given; empty: none.
	Run string `json:"run,omitempty"`
	// Plan is a digest of everything that decides what is submitted, and when: the same for all parts.
	Plan string `json:"plan"`
	// Of is how many parts the plan has, and Parts are those that the result holds.
	Of    int     `json:"of"`
	Parts []Shard `json:"parts"`
}

// first is the smallest number of a part; -1: it has none.
func (p Part) first() int {
	if len(p.Parts) == 0 {
		return -1
	}
	return slices.MinFunc(p.Parts, func(a, b Shard) int { return cmp.Compare(a.Shard, b.Shard) }).Shard
}

// Shard is what one process did.
type Shard struct {
	Shard   int           `json:"shard"`
	Host    string        `json:"host,omitempty"`
	Start   time.Time     `json:"start"`   // when it was to begin
	Started time.Time     `json:"started"` // when it was ready to
	Elapsed time.Duration `json:"elapsed_ns"`
	Planned int64         `json:"planned"` // arrivals, those of the warm-up included
	Stopped string        `json:"stopped,omitempty"`
}

// part describes what this process did.
func (p *Plan) part(r *Result) Part {
	host, _ := os.Hostname() // without a name it stays empty
	ready := r.Started
	if ready.Before(p.made) {
		ready = p.made
	}
	s := Shard{
		Shard: p.Shard, Host: host, Start: r.Started.Round(0), Started: ready.Round(0), Elapsed: r.Elapsed,
		Planned: r.Total().Counts.Planned + r.Warmed.Planned, Stopped: r.Stopped,
	}
	return Part{Run: p.Run, Plan: p.digest(), Of: p.shards(), Parts: []Shard{s}}
}

// digest is the same for all parts of a plan, and for no other plan. It holds nothing that may be
// secret, and nothing that differs between machines.
func (p *Plan) digest() string {
	type kind struct {
		Name    string
		Weight  int
		Method  string
		URL     string
		Body    []byte
		Feed    int
		Columns []string
	}
	var kinds []kind
	for _, k := range p.kinds() {
		d := kind{Name: k.Name, Weight: k.Weight, Method: k.Request.Method, URL: k.Request.URL, Body: k.Request.Body}
		if p.Target != "" {
			d.URL = p.Target
		}
		if k.Feed != nil {
			d.Feed, d.Columns = k.Feed.lines, k.Feed.names
		}
		kinds = append(kinds, d)
	}
	var strategies []string
	for _, s := range p.strategies() {
		strategies = append(strategies, s.String())
	}
	text, err := json.Marshal(struct {
		Kinds                               []kind
		Load                                Load
		Strategies                          []string
		Shards, Connections                 int
		MaxErrors                           int64
		Patience, Drain, Warmup, OneRequest time.Duration
		SkipResult, Close                   bool
		Policy                              lro.Policy
		Run                                 string
	}{kinds, p.Load, strategies, p.shards(), p.Connections, p.MaxErrors, p.patience(), p.drain(), p.Warmup, p.requestTimeout(), p.SkipResult, p.Close, p.Policy, p.Run})
	if err != nil {
		return "" // nothing in it cannot be written
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:16])
}
