package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
)

// kue is a queue of jobs in Redis with a JSON API. The workers are kue.mjs.
var kue = suite{
	name:   "kue",
	from:   "npm: kue; Debian: redis-server",
	proves: "a dialect in a file: 200 with an id, states in words, the result inside; what is said without one",
	tools:  []tool{{"npm", "npm"}, {"node", "nodejs"}, {"redis-server", "redis-server"}},
	start:  startKue,
}

func startKue(ctx context.Context, s *stage) (*target, error) {
	dir, err := s.npm(ctx, "kue", "kue")
	if err != nil {
		return nil, err
	}
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	redis, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := s.process(exec.Command("redis-server", "--port", strconv.Itoa(redis), "--bind", "127.0.0.1", "--save", "", "--dir", s.work)); err != nil {
		return nil, err
	}
	if err := s.process(exec.Command("node", filepath.Join(s.repo, "interop", "kue.mjs"), dir, strconv.Itoa(port), strconv.Itoa(redis))); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base+"/stats"); err != nil {
		return nil, err
	}
	t := kueRows(s)
	t.version, t.base = npmVersion(dir, "kue"), base
	return t, nil
}

func kueRows(s *stage) *target {
	job := func(kind string, more ...string) []string {
		return append([]string{"submit", "{url}/job", "--json", `{"type": "` + kind + `", "data": {"ms": 1000}}`}, more...)
	}
	named := []string{"--api", s.apiFile("kue"), "--wait"}
	return &target{
		slow:    job("report", named...),
		failing: job("fail", named...),
		rows: []row{{
			name: "a job",
			args: job("report", named...),
			want: want{outcome: "succeeded", dialect: "kue", result: `{"rows":42}`},
		}, {
			name: "a job that fails",
			args: job("fail", named...),
			want: want{exit: 1, outcome: "failed", dialect: "kue"},
		}, {
			name: "a job without a type",
			args: append([]string{"submit", "{url}/job", "--json", `{"data": {}}`}, named...),
			want: want{exit: 4, outcome: "refused", requests: 1},
		}, {
			name: "without the file: the answer names a job, and no place",
			args: job("report", "--wait"),
			want: want{exit: 6, outcome: "lost", dialect: "generic", reason: "undecided", requests: 1},
		}, {
			name: "the status URL alone, of a job that failed",
			args: []string{"wait", "{url}/job/2"},
			want: want{exit: 1, outcome: "failed", dialect: "generic"},
		}, {
			name: "a job that nobody knows: an error, with 200",
			args: []string{"wait", "{url}/job/99", "--poll-retries", "2"},
			want: want{exit: 6, outcome: "lost", dialect: "generic", reason: "unreadable-status"},
		}},
	}
}
