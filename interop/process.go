package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// freePort returns a port of 127.0.0.1 that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// process starts a command that runs until the stage closes. Its output goes to a file of the work
// directory.
func (s *stage) process(cmd *exec.Cmd) error {
	log, err := os.Create(s.file(filepath.Base(cmd.Path) + ".log"))
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true // Ctrl-C is for us: we end it
	if err := cmd.Start(); err != nil {
		return err
	}
	gone := make(chan struct{})
	go func() {
		cmd.Wait()
		close(gone)
	}()
	s.onClose(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-gone:
		case <-time.After(5 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-gone
		}
		log.Close()
	})
	return nil
}

// ready waits until the URL is answered by anything.
func ready(ctx context.Context, client *http.Client, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	for {
		if reply, err := get(ctx, client, url); err == nil {
			reply.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer in time", url)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func get(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(request)
}

// says returns the first line of what a command prints about its version.
func says(ctx context.Context, name string, args ...string) string {
	out, _ := exec.CommandContext(ctx, name, args...).CombinedOutput()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

// portFor returns the port that a server is to listen on.
func (s *stage) portFor() (int, error) {
	if s.port != 0 {
		return s.port, nil
	}
	return freePort()
}

// public returns the URL at which clients will find the server that listens on the port: for servers
// that have to be told.
func (s *stage) public(port int) (string, error) {
	if s.fronted {
		var err error
		if s.promised, err = freePort(); err != nil {
			return "", err
		}
		port = s.promised
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port), nil
}
