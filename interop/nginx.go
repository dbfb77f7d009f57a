package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// nginx serves the generic pattern as a handful of rules: nginx.conf. Half of its operations are asked
// through TLS, so nothing stands between asyncctl and it.
var nginx = suite{
	name:   "nginx",
	from:   "Debian: nginx",
	proves: "the generic pattern over HTTP/1.1, and HTTP/2 through TLS",
	tools:  []tool{{"nginx", "nginx"}, {"openssl", "openssl"}},
	start: func(ctx context.Context, s *stage) (*target, error) {
		n, err := startNginx(ctx, s)
		if err != nil {
			return nil, err
		}
		return &target{
			version: says(ctx, "nginx", "-v"),
			base:    n.plain,
			direct:  true,
			rows:    nginxRows(n),
			judge:   func(context.Context) ([]verdict, error) { return sawInLog(n.log, "HTTP/2", `HTTP/2.0" 303`) },
			slow:    []string{"submit", "{url}/reports", "--json", "{}", "--wait"},
			failing: []string{"wait", "{url}/status/failed"},
		}, nil
	},
}

// tinyproxy stands between asyncctl and nginx.
var tinyproxy = suite{
	name:   "tinyproxy",
	from:   "Debian: tinyproxy, nginx",
	proves: "the same through a proxy, by absolute URL and by CONNECT",
	tools:  []tool{{"nginx", "nginx"}, {"openssl", "openssl"}, {"tinyproxy", "tinyproxy"}},
	start:  startTinyproxy,
}

func nginxRows(n ground) []row {
	return []row{{
		name: "submit and wait, HTTP/1.1",
		args: []string{"submit", "{url}/reports", "--json", "{}", "--wait"},
		want: want{outcome: "succeeded", dialect: "generic", result: `{"rows":42}`},
	}, {
		name: "submit and wait, HTTP/2 over TLS",
		args: []string{"submit", n.secure + "/reports", "--cacert", "{work}/cert.pem", "--json", "{}", "--wait"},
		want: want{outcome: "succeeded", dialect: "generic", result: `{"rows":42}`},
	}, {
		name: "a stored failure",
		args: []string{"wait", "{url}/status/failed"},
		want: want{exit: 1, outcome: "failed"},
	}, {
		name: "an expired operation",
		args: []string{"wait", "{url}/status/expired"},
		want: want{exit: 9, outcome: "gone"},
	}, {
		name: "an unknown operation",
		args: []string{"wait", "{url}/status/unknown", "--grace", "1s"},
		want: want{exit: 9, outcome: "gone"},
	}, {
		name: "a submit that is refused",
		args: []string{"submit", "{url}/reports", "-X", "PUT", "--wait"},
		want: want{exit: 4, outcome: "refused"},
	}, {
		name: "an untrusted certificate",
		args: []string{"submit", n.secure + "/reports", "--wait"},
		want: want{exit: 3, outcome: "lost"},
	}}
}

// ground is a running nginx.
type ground struct{ plain, secure, log string }

func startNginx(ctx context.Context, s *stage) (ground, error) {
	plain, err := s.portFor()
	if err != nil {
		return ground{}, err
	}
	secure, err := freePort()
	if err != nil {
		return ground{}, err
	}
	content, err := os.ReadFile(filepath.Join(s.repo, "interop", "nginx.conf"))
	if err != nil {
		return ground{}, err
	}
	ports := strings.NewReplacer("PLAIN", strconv.Itoa(plain), "SECURE", strconv.Itoa(secure))
	if _, err := s.write("nginx.conf", ports.Replace(string(content))); err != nil {
		return ground{}, err
	}
	if err := os.MkdirAll(s.file("run"), 0o755); err != nil {
		return ground{}, err
	}
	err = s.execute(ctx, s.work, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
		"-keyout", s.file("key.pem"), "-out", s.file("cert.pem"),
		"-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
	if err != nil {
		return ground{}, err
	}
	if err := s.process(exec.Command("nginx", "-p", s.work, "-c", "nginx.conf", "-e", "run/error.log", "-g", "daemon off;")); err != nil {
		return ground{}, err
	}
	n := ground{
		plain:  fmt.Sprintf("http://127.0.0.1:%d", plain),
		secure: fmt.Sprintf("https://localhost:%d", secure),
		log:    s.file("run", "access.log"),
	}
	return n, ready(ctx, http.DefaultClient, n.plain)
}

func startTinyproxy(ctx context.Context, s *stage) (*target, error) {
	n, err := startNginx(ctx, s)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	_, secure, _ := strings.Cut(n.secure, "//localhost:")
	log := s.file("proxy.log")
	conf, err := s.write("proxy.conf", fmt.Sprintf("Port %d\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nConnectPort %s\nLogFile %q\n", port, secure, log))
	if err != nil {
		return nil, err
	}
	if err := s.process(exec.Command("tinyproxy", "-d", "-c", conf)); err != nil {
		return nil, err
	}
	proxy := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, proxy); err != nil {
		return nil, err
	}
	return &target{
		version: says(ctx, "tinyproxy", "-v"),
		base:    n.plain,
		direct:  true,
		rows: []row{{
			name: "through a proxy",
			args: []string{"submit", "{url}/reports", "-x", proxy, "--json", "{}", "--wait"},
			want: want{outcome: "succeeded", result: `{"rows":42}`},
		}, {
			name: "through a tunnel",
			args: []string{"submit", n.secure + "/reports", "-x", proxy, "--cacert", "{work}/cert.pem", "--json", "{}", "--wait"},
			want: want{outcome: "succeeded", result: `{"rows":42}`},
		}},
		judge: func(context.Context) ([]verdict, error) { return sawInLog(log, "CONNECT", "CONNECT") },
		slow:  []string{"submit", "{url}/reports", "-x", proxy, "--json", "{}", "--wait"},
	}, nil
}

// sawInLog is a server's verdict: its log has the text.
func sawInLog(file, name, text string) ([]verdict, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.New("the server wrote no log")
	}
	v := verdict{name: name, said: "not seen"}
	if strings.Contains(string(content), text) {
		v.said, v.ok = "seen", true
	}
	return []verdict{v}, nil
}
