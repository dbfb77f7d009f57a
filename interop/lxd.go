package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// lxd is the daemon that manages containers; nearly all that it does is a background operation. No
// container is started: an empty one can be made, backed up, published and deleted.
var lxd = suite{
	name:   "lxd",
	from:   "Debian: lxd",
	proves: "lxd-operation against the daemon itself, over its Unix socket; cancel",
	tools:  []tool{{"lxd", "lxd"}},
	start:  startLXD,
}

func startLXD(ctx context.Context, s *stage) (*target, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("lxd runs as root only")
	}
	dir := s.file("lxd")
	if err := os.Mkdir(dir, 0o711); err != nil {
		return nil, err
	}
	env := append(os.Environ(), "LXD_DIR="+dir)
	cmd := exec.Command("lxd")
	cmd.Env = env
	if err := s.process(cmd); err != nil {
		return nil, err
	}
	s.onClose(func() { // it has mounts in its directory, and takes them away when it is asked to go
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		shutdown := exec.CommandContext(ctx, "lxd", "shutdown")
		shutdown.Env = env
		shutdown.Run()
	})
	socket := filepath.Join(dir, "unix.socket")
	client := &http.Client{Transport: connect("unix", socket), Timeout: 30 * time.Second}
	if err := ready(ctx, client, "http://lxd/1.0"); err != nil {
		return nil, err
	}
	if err := lxdPrepare(ctx, s, client, dir); err != nil {
		return nil, err
	}
	return &target{
		version: "lxd " + says(ctx, "lxd", "--version"),
		base:    "http://lxd",
		socket:  socket,
		rows:    lxdRows,
		slow:    lxdRows[1].args,
		failing: lxdRows[2].args,
	}, nil
}

// lxdPrepare makes a storage pool and an instance, big enough that a backup takes a second or two, and
// writes the file that an image is imported from.
func lxdPrepare(ctx context.Context, s *stage, client *http.Client, dir string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	// Certificates are only given to clients that could come over the network.
	if _, err := lxdAsk(ctx, client, "PATCH", "/1.0", fmt.Sprintf(`{"config": {"core.https_address": "127.0.0.1:%d"}}`, port)); err != nil {
		return err
	}
	if _, err := lxdAsk(ctx, client, "POST", "/1.0/storage-pools", `{"name": "default", "driver": "dir"}`); err != nil {
		return err
	}
	operation, err := lxdAsk(ctx, client, "POST", "/1.0/instances", `{"name": "big", "source": {"type": "none"}, `+rootDisk+`}`)
	if err != nil {
		return err
	}
	if _, err := lxdAsk(ctx, client, "GET", operation+"/wait", ""); err != nil {
		return err
	}
	root := filepath.Join(dir, "storage-pools/default/containers/big/rootfs")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	noise := make([]byte, 48<<20)
	rand.Read(noise)
	if err := os.WriteFile(filepath.Join(root, "noise"), noise, 0o644); err != nil {
		return err
	}
	metadata := "architecture: x86_64\ncreation_date: 1\nproperties:\n  description: empty\n"
	if _, err := s.write("image/metadata.yaml", metadata); err != nil {
		return err
	}
	if err := os.Mkdir(s.file("image/rootfs"), 0o755); err != nil {
		return err
	}
	return s.execute(ctx, s.work, "tar", "-C", "image", "-cf", "image.tar", "metadata.yaml", "rootfs")
}

// lxdAsk sends one request, and returns the Location of the answer.
func lxdAsk(ctx context.Context, client *http.Client, method, path, content string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://lxd"+path, strings.NewReader(content))
	if err != nil {
		return "", err
	}
	reply, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	if body, _ := io.ReadAll(io.LimitReader(reply.Body, 4096)); reply.StatusCode/100 != 2 {
		return "", fmt.Errorf("lxd: %s %s: HTTP %d: %s", method, path, reply.StatusCode, body)
	}
	return reply.Header.Get("Location"), nil
}

const rootDisk = `"devices": {"root": {"type": "disk", "path": "/", "pool": "default"}}`

// lxdRows use what the rows before them have made.
var lxdRows = []row{{
	name: "make an empty instance",
	args: []string{"submit", "{url}/1.0/instances", "--json", `{"name": "c1", "source": {"type": "none"}, ` + rootDisk + `}`, "--wait"},
	want: want{outcome: "succeeded", dialect: "lxd-operation"},
}, {
	name: "back up a big one",
	args: []string{"submit", "{url}/1.0/instances/big/backups", "--json", `{}`, "--wait"},
	want: want{outcome: "succeeded", dialect: "lxd-operation"},
}, {
	name: "copy an image from where nobody listens",
	args: []string{"submit", "{url}/1.0/instances", "--json", `{"name": "c2", "source": {"type": "image", "mode": "pull", "protocol": "simplestreams", "server": "https://127.0.0.1:1", "alias": "x"}, ` + rootDisk + `}`, "--wait"},
	want: want{exit: 1, outcome: "failed", dialect: "lxd-operation"},
}, {
	name: "publish an image of the big one",
	args: []string{"submit", "{url}/1.0/images", "--json", `{"source": {"type": "instance", "name": "big"}}`, "--wait"},
	want: want{outcome: "succeeded", dialect: "lxd-operation", result: `"fingerprint":`},
}, {
	name: "import an image: the submit is a file",
	args: []string{"submit", "{url}/1.0/images", "--data-binary", "@{work}/image.tar", "-H", "Content-Type: application/octet-stream", "-H", "X-LXD-properties: alias=one", "--wait"},
	want: want{outcome: "succeeded", dialect: "lxd-operation", result: `"fingerprint":`},
}, {
	name: "rename an instance",
	args: []string{"submit", "{url}/1.0/instances/c1", "--json", `{"name": "c3"}`, "--wait"},
	want: want{outcome: "succeeded", dialect: "lxd-operation"},
}, {
	name: "an instance that is not there",
	args: []string{"submit", "{url}/1.0/instances/c1/backups", "--json", `{"name": "b1"}`, "--wait"},
	want: want{exit: 4, outcome: "refused", requests: 1},
}, {
	name: "begin what ends only when it is cancelled",
	args: []string{"submit", "{url}/1.0/certificates", "--json", `{"type": "client", "name": "x", "token": true}`, "--save", "{work}/token.handle"},
	want: want{outcome: "pending", dialect: "lxd-operation"},
}, {
	name: "  see that it runs",
	args: []string{"status", "{work}/token.handle", "--trust-origin", "{url}"},
	want: want{exit: 8, outcome: "pending", dialect: "lxd-operation"},
}, {
	name: "  cancel it",
	args: []string{"cancel", "{work}/token.handle", "--trust-origin", "{url}", "--wait"},
	want: want{outcome: "cancelled", dialect: "lxd-operation"},
}, {
	name: "delete the instance",
	args: []string{"submit", "{url}/1.0/instances/c3", "-X", "DELETE", "--wait"},
	want: want{outcome: "succeeded", dialect: "lxd-operation"},
}, {
	name: "an operation that is over and forgotten",
	args: []string{"wait", "{url}/1.0/operations/00000000-0000-4000-8000-000000000000", "--grace", "1s"},
	want: want{exit: 9, outcome: "gone"},
}}
