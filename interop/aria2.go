package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
)

// aria2 downloads; it is driven by JSON-RPC, so every request is a POST to one URL.
var aria2 = suite{
	name:   "aria2",
	from:   "Debian: aria2",
	proves: "a dialect in a file: JSON-RPC, one URL for everything, progress as a ratio, cancel",
	tools:  []tool{{"aria2c", "aria2"}},
	start:  startAria2,
}

func startAria2(ctx context.Context, s *stage) (*target, error) {
	files, err := s.slowFile()
	if err != nil {
		return nil, err
	}
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("aria2c", "--no-conf", "--enable-rpc", fmt.Sprintf("--rpc-listen-port=%d", port), "--disable-ipv6",
		"--dir="+s.file("downloads"), "--max-tries=1", "--allow-overwrite=true", "--split=1")
	if err := s.process(cmd); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base+"/jsonrpc"); err != nil {
		return nil, err
	}
	download := func(name string, more ...string) []string {
		return append([]string{"submit", "{url}/jsonrpc", "--api", s.apiFile("aria2"), "--json",
			fmt.Sprintf(`{"jsonrpc": "2.0", "id": "submit", "method": "aria2.addUri", "params": [["%s/%s"]]}`, files, name)}, more...)
	}
	handle := []string{"{work}/long.handle", "--api", s.apiFile("aria2"), "--trust-origin", "{url}"}
	return &target{
		version: says(ctx, "aria2c", "--version"),
		base:    base,
		slow:    download("slow", "--wait"),
		failing: download("missing", "--wait"),
		rows: []row{{
			name: "download a file from a slow server",
			args: download("slow", "--wait"),
			want: want{outcome: "succeeded", dialect: "aria2", result: `"completedLength":"2097152"`},
		}, {
			name: "download a file that is not there",
			args: download("missing", "--wait"),
			want: want{exit: 1, outcome: "failed", dialect: "aria2"},
		}, {
			name: "begin to download a file",
			args: download("slow", "--save", "{work}/long.handle"),
			want: want{outcome: "pending", dialect: "aria2", requests: 1},
		}, {
			name: "  see that it runs",
			args: append([]string{"status"}, handle...),
			want: want{exit: 8, outcome: "pending", dialect: "aria2", requests: 1},
		}, {
			name: "  cancel it",
			args: append([]string{"cancel"}, append(handle, "--wait")...),
			want: want{outcome: "cancelled", dialect: "aria2"},
		}},
	}, nil
}
