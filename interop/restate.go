package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// restate runs handlers so that they survive crashes; a call can be sent and its output asked for
// later. The handlers are restate.mjs.
var restate = suite{
	name:   "restate",
	from:   "npm: @restatedev/restate-server, @restatedev/restate-sdk",
	proves: "a dialect in a file: 470 while it works, a stored failure; Idempotency-Key",
	tools:  []tool{{"npm", "npm"}, {"node", "nodejs"}},
	start:  startRestate,
}

func startRestate(ctx context.Context, s *stage) (*target, error) {
	dir, err := s.npm(ctx, "restate", "@restatedev/restate-server", "@restatedev/restate-sdk")
	if err != nil {
		return nil, err
	}
	var ports [4]int
	if ports[0], err = s.portFor(); err != nil {
		return nil, err
	}
	for i := 1; i < len(ports); i++ {
		if ports[i], err = freePort(); err != nil {
			return nil, err
		}
	}
	handlers := exec.Command("node", filepath.Join(s.repo, "interop", "restate.mjs"), dir, strconv.Itoa(ports[3]))
	if err := s.process(handlers); err != nil {
		return nil, err
	}
	conf, err := s.write("restate.toml", fmt.Sprintf(restateConf, s.file("restate-data"), ports[2], ports[0], ports[1]))
	if err != nil {
		return nil, err
	}
	server := exec.Command(filepath.Join(dir, "node_modules/.bin/restate-server"), "--config-file", conf, "--no-logo")
	server.Dir = s.work
	server.Env = append(os.Environ(), "DO_NOT_TRACK=1")
	if err := s.process(server); err != nil {
		return nil, err
	}
	admin := fmt.Sprintf("http://127.0.0.1:%d", ports[1])
	if err := ready(ctx, http.DefaultClient, admin+"/health"); err != nil {
		return nil, err
	}
	if err := register(ctx, admin, fmt.Sprintf("http://127.0.0.1:%d", ports[3])); err != nil {
		return nil, err
	}
	t := restateRows(s)
	t.version, t.base = npmVersion(dir, "@restatedev/restate-server"), fmt.Sprintf("http://127.0.0.1:%d", ports[0])
	return t, nil
}

// restateRows are the operations.
func restateRows(s *stage) *target {
	call := func(handler string, more ...string) []string {
		return append([]string{"submit", "{url}/Reports/" + handler + "/send", "--api", s.apiFile("restate"),
			"--json", `{"ms": 1000}`, "--wait"}, more...)
	}
	return &target{
		slow:    call("render"),
		failing: call("fail"),
		rows: []row{{
			name: "a call",
			args: call("render"),
			want: want{outcome: "succeeded", dialect: "restate", result: `{"rows":42}`},
		}, {
			name: "a call that fails",
			args: call("fail"),
			want: want{exit: 1, outcome: "failed", dialect: "restate"},
		}, {
			name: "a call with an Idempotency-Key",
			args: call("render", "--idempotency-key", "monday"),
			want: want{outcome: "succeeded", dialect: "restate", result: `{"rows":42}`},
		}, {
			name: "  the same again is over at once",
			args: call("render", "--idempotency-key", "monday"),
			want: want{outcome: "succeeded", dialect: "restate", result: `{"rows":42}`, requests: 2},
		}, {
			name: "a handler that is not there",
			args: call("bake"),
			want: want{exit: 4, outcome: "refused", requests: 1},
		}},
	}
}

const restateConf = `node-name = "interop"
base-dir = %q
bind-address = "127.0.0.1:%d"
listen-mode = "tcp"
disable-telemetry = true
log-filter = "warn"
[ingress]
bind-address = "127.0.0.1:%d"
[admin]
bind-address = "127.0.0.1:%d"
`

// register tells restate where the handlers are.
func register(ctx context.Context, admin, handlers string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, admin+"/deployments", strings.NewReader(fmt.Sprintf(`{"uri": %q}`, handlers)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if body, _ := io.ReadAll(io.LimitReader(reply.Body, 4096)); reply.StatusCode/100 != 2 {
		return fmt.Errorf("restate does not take the handlers: HTTP %d: %s", reply.StatusCode, body)
	}
	return nil
}
