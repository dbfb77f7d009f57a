package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// place is where a path leads.
type place struct {
	target     string // with symbolic links resolved
	exists     bool
	info       os.FileInfo // if it exists
	stream     bool        // it is written in place
	descriptor int         // of this process, or -1
}

// maxLinks is how many symbolic links a path may lead through.
const maxLinks = 40

// resolve follows a path to its end. The file there need not exist, its directory has to.
func resolve(path string) (place, error) {
	p := place{target: path, descriptor: -1}
	for range maxLinks {
		if n, ok := descriptor(p.target); ok {
			p.exists, p.stream, p.descriptor = true, true, n
			return p, nil
		}
		info, err := os.Lstat(p.target)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return p, missing(path, p.target)
		case err != nil:
			return p, usageOf(&WriteError{path, plain(err)})
		case info.Mode()&fs.ModeSymlink != 0:
			next, err := os.Readlink(p.target)
			if err != nil {
				return p, usageOf(&WriteError{path, plain(err)})
			}
			if !filepath.IsAbs(next) {
				next = filepath.Join(real(filepath.Dir(p.target)), next)
			}
			p.target = next
			continue
		case info.IsDir():
			return p, usageOf(&WriteError{path, errors.New("it is a directory")})
		}
		p.exists, p.info = true, info
		p.stream = !info.Mode().IsRegular() || mountPoint(p.target)
		return p, nil
	}
	return p, usageOf(&WriteError{path, errors.New("too many levels of symbolic links")})
}

// real is a directory without symbolic links, so that ".." in a link means what the system takes it for.
func real(dir string) string {
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		return resolved
	}
	return dir
}

// missing reports a directory that is not there.
func missing(path, target string) error {
	if strings.HasSuffix(target, "/") || strings.HasSuffix(target, string(filepath.Separator)) {
		return usageOf(&WriteError{path, errors.New("there is no such directory")})
	}
	info, err := os.Stat(filepath.Dir(target))
	switch {
	case err != nil:
		return usageOf(&WriteError{path, plain(err)})
	case !info.IsDir():
		return usageOf(&WriteError{path, errors.New(filepath.Dir(target) + " is not a directory")})
	}
	return nil
}

// descriptor reads the names that systems have for the open files of a process.
func descriptor(path string) (int, bool) {
	path = filepath.ToSlash(filepath.Clean(path))
	switch path {
	case "/dev/stdin":
		return 0, true
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/"} {
		if rest, ok := strings.CutPrefix(path, dir); ok {
			n, err := strconv.Atoi(rest)
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}

// createMode is the mode that a file is made with, before the umask.
func (p place) createMode(access Access) os.FileMode {
	if p.exists {
		return 0o600 // until it has the mode of the file that it replaces
	}
	return os.FileMode(access)
}

// mode is what a file that replaces another one gets.
func (p place) mode(access Access) os.FileMode {
	mode := p.info.Mode().Perm()
	if access == Private {
		mode &= os.FileMode(Private)
	}
	return mode
}
