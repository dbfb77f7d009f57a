package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// stage is what suites share: where things are, and what has to end.
type stage struct {
	// cache is where what is installed stays; work ends with the stage.
	cache, work string
	// repo is the source of asyncctl, binary what was built of it.
	repo, binary string
	// record is where exchanges are written to, if anywhere.
	record string
	// port is what a served server listens on; 0 for a free one.
	port int
	// fronted says that requests come through a front; promised is the port that it will have.
	fronted  bool
	promised int

	ends []func()
}

// open makes the directories and builds asyncctl.
func (s *stage) open(ctx context.Context) error {
	if s.cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		s.cache = filepath.Join(base, "asyncctl-interop")
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	s.repo = filepath.Dir(here)
	if _, err := os.Stat(filepath.Join(here, "suite.go")); err != nil {
		return errors.New("start it as interop/run or interop/serve: it looks for its files beside them")
	}
	if s.work, err = os.MkdirTemp("", "asyncctl-interop-"); err != nil {
		return err
	}
	s.onClose(func() { os.RemoveAll(s.work) })
	s.binary = filepath.Join(s.work, "asyncctl")
	return s.execute(ctx, s.repo, "go", "build", "-o", s.binary, ".")
}

// onClose has f called when the stage closes; the last comes first.
func (s *stage) onClose(f func()) { s.ends = append(s.ends, f) }

// close ends everything that was started.
func (s *stage) close() {
	for i := len(s.ends) - 1; i >= 0; i-- {
		s.ends[i]()
	}
	s.ends = nil
}

// file returns the path of a file of the work directory.
func (s *stage) file(name ...string) string {
	return filepath.Join(append([]string{s.work}, name...)...)
}

// write writes a file of the work directory and returns its path.
func (s *stage) write(name, content string) (string, error) {
	path := s.file(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(content), 0o600)
}

// execute runs a command to its end. Its output is shown if it fails.
func (s *stage) execute(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// missing says which of the tools are not installed, and how to get them.
func missing(tools []tool) error {
	var lack []string
	for _, t := range tools {
		if _, err := exec.LookPath(t.command); err != nil {
			lack = append(lack, t.debian)
		}
	}
	if lack != nil {
		return errors.New("not installed; try: apt-get install " + strings.Join(lack, " "))
	}
	return nil
}

// sub returns a stage for one suite, with a work directory of its own.
func (s *stage) sub(name string) (*stage, error) {
	one := *s
	one.ends, one.work, one.fronted, one.promised = nil, s.file(name), true, 0
	return &one, os.Mkdir(one.work, 0o755)
}

// apiFile returns the path of an API file.
func (s *stage) apiFile(name string) string {
	return filepath.Join(s.repo, "interop", "apis", name+".yaml")
}
