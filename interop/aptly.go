package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
)

// aptly manages repositories of Debian packages; its API runs as tasks what may take long.
var aptly = suite{
	name:   "aptly",
	from:   "Debian: aptly",
	proves: "a dialect in a file: 202 without Location, states as numbers, the result at a URL of its own",
	tools:  []tool{{"aptly", "aptly"}},
	start:  startAptly,
}

func startAptly(ctx context.Context, s *stage) (*target, error) {
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	conf, err := s.write("aptly.conf", fmt.Sprintf(`{"rootDir": %q, "architectures": ["amd64"]}`, s.file("aptly")))
	if err != nil {
		return nil, err
	}
	if err := s.execute(ctx, s.work, "aptly", "-config="+conf, "repo", "create", "cakes"); err != nil {
		return nil, err
	}
	if err := s.process(exec.Command("aptly", "-config="+conf, "api", "serve", fmt.Sprintf("-listen=127.0.0.1:%d", port))); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base+"/api/version"); err != nil {
		return nil, err
	}
	task := func(path, content string) []string {
		return []string{"submit", "{url}/api/" + path, "--api", s.apiFile("aptly"), "--json", content, "--wait"}
	}
	return &target{
		version: "aptly " + debianVersion(ctx, "aptly"),
		base:    base,
		slow:    task("db/cleanup", "{}"),
		failing: task("publish", `{"SourceKind": "local", "Sources": [{"Name": "cakes"}], "Distribution": "sid"}`),
		rows: []row{{
			name: "a snapshot",
			args: task("repos/cakes/snapshots", `{"Name": "monday"}`),
			want: want{outcome: "succeeded", dialect: "aptly", result: `"Name":"monday"`},
		}, {
			name: "a second one of the name",
			args: task("repos/cakes/snapshots", `{"Name": "monday"}`),
			want: want{exit: 1, outcome: "failed", dialect: "aptly"},
		}, {
			name: "tidy the database up",
			args: task("db/cleanup", "{}"),
			want: want{outcome: "succeeded", dialect: "aptly"},
		}, {
			name: "a repository that is not there",
			args: task("repos/bread/snapshots", `{"Name": "tuesday"}`),
			want: want{exit: 4, outcome: "refused"},
		}, {
			name: "a task that nobody knows",
			args: []string{"wait", "{url}/api/tasks/99", "--api", s.apiFile("aptly"), "--grace", "1s"},
			want: want{exit: 9, outcome: "gone"},
		}},
	}, nil
}
