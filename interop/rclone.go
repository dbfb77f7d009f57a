package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
)

// rclone copies files between stores; its remote control runs any command in the background.
var rclone = suite{
	name:   "rclone",
	from:   "Debian: rclone",
	proves: "a dialect in a file: polls by POST, a state in a boolean, cancel with a body",
	tools:  []tool{{"rclone", "rclone"}},
	start:  startRclone,
}

func startRclone(ctx context.Context, s *stage) (*target, error) {
	files, err := s.slowFile()
	if err != nil {
		return nil, err
	}
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	conf, err := s.write("rclone.conf", "")
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(s.file("copies"), 0o755); err != nil {
		return nil, err
	}
	cmd := exec.Command("rclone", "rcd", "--rc-no-auth", "--rc-addr", fmt.Sprintf("127.0.0.1:%d", port), "--config", conf)
	if err := s.process(cmd); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base); err != nil {
		return nil, err
	}
	t := rcloneRows(s, files)
	t.version, t.base = says(ctx, "rclone", "version"), base
	return t, nil
}

// rcloneRows are the operations; files is the server of a slow file.
func rcloneRows(s *stage, files string) *target {
	copying := func(name string, more ...string) []string {
		return append([]string{"submit", "{url}/operations/copyurl", "--api", s.apiFile("rclone"), "--json",
			fmt.Sprintf(`{"fs": "{work}/copies", "remote": "a", "url": "%s/%s"}`, files, name)}, more...)
	}
	handle := []string{"{work}/long.handle", "--api", s.apiFile("rclone"), "--trust-origin", "{url}"}
	return &target{
		slow:    copying("slow", "--wait"),
		failing: copying("missing", "--wait"),
		rows: []row{{
			name: "copy a file from a slow server",
			args: copying("slow", "--wait"),
			want: want{outcome: "succeeded", dialect: "rclone"},
		}, {
			name: "ask for the version: a result in the status",
			args: []string{"submit", "{url}/core/version", "--api", s.apiFile("rclone"), "--json", "{}", "--wait"},
			want: want{outcome: "succeeded", dialect: "rclone", result: `"os":"linux"`, requests: 2},
		}, {
			name: "copy a file that is not there",
			args: copying("missing", "--wait"),
			want: want{exit: 1, outcome: "failed", dialect: "rclone"},
		}, {
			name: "begin to copy a file",
			args: copying("slow", "--save", "{work}/long.handle"),
			want: want{outcome: "pending", dialect: "rclone", requests: 1},
		}, {
			name: "  see that it runs",
			args: append([]string{"status"}, handle...),
			want: want{exit: 8, outcome: "pending", dialect: "rclone", requests: 1},
		}, {
			name: "  cancel it; rclone calls that a failure",
			args: append([]string{"cancel"}, append(handle, "--wait")...),
			want: want{exit: 1, outcome: "failed", dialect: "rclone"},
		}, {
			name: "a command that it does not know",
			args: []string{"submit", "{url}/operations/bake", "--api", s.apiFile("rclone"), "--json", "{}", "--wait"},
			want: want{exit: 4, outcome: "refused", requests: 1},
		}},
	}
}
