// Package apifile is what the commands share that take an API file: its flags, the secrets that it asks
// for and the limits that it sets.
package apifile

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Flags say which API file is meant. The zero value means none.
type Flags struct {
	// Paths are the files, of which later ones replace sections of earlier ones, and URL is what stands
	// in place of the file's url.
	Paths []string
	URL   string

	file    *api.File
	secrets *api.Secrets
}

// Bind makes the flags of fs say which file is meant.
func (f *Flags) Bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.Paths, "api", nil, "the API `file` that describes it (\"asyncctl help api-file\"); of several, later ones replace sections")
	if fs.Lookup("url") == nil {
		fs.StringVar(&f.URL, "url", "", "`URL` of the API in place of the file's, base path included; mock: for a mock of the file in this process")
	}
}

// Given reports whether there is a file.
func (f *Flags) Given() bool { return len(f.Paths) > 0 }

// Missing returns the error for something that needs a file; it names one that lies at hand.
func Missing(what string) error {
	for _, name := range []string{"asyncctl.yaml", "asyncctl.yml"} {
		if _, err := os.Stat(name); err == nil {
			return app.Usagef("%s needs an API file: add --api %s", what, name)
		}
	}
	return app.Usagef("%s needs an API file: add --api FILE (\"asyncctl init\" writes one)", what)
}

// Read reads the files, once. The profile's origin stands in place of another origin of the file.
func (f *Flags) Read(w app.World, p *config.Profile) (*api.File, error) {
	if f.file != nil {
		return f.file, nil
	}
	o := api.Options{URL: f.URL, Stdin: w.Stdin}
	if f.URL != "" && !strings.HasPrefix(f.URL, "mock:") {
		if wrong := api.CheckURL(f.URL); wrong != "" {
			return nil, app.Usagef("--url: %s", wrong)
		}
	}
	file, err := api.Read(o, f.Paths...)
	if err != nil {
		return nil, app.Misused(err)
	}
	if p != nil && p.Origin != "" && f.URL == "" && lro.Origin(file.URL) != p.Origin {
		if file, err = api.Read(api.Options{URL: p.URL, Stdin: w.Stdin}, f.Paths...); err != nil {
			return nil, app.Misused(err)
		}
	}
	return f.take(w, p, file), nil
}

// Served replaces the file by the same one whose url is that of a mock which was started for it.
func (f *Flags) Served(w app.World, url string) (*api.File, error) {
	file, err := api.Read(api.Options{URL: url}, f.Paths...)
	if err != nil {
		return nil, app.Misused(err)
	}
	f.take(w, nil, file)
	f.secrets.MadeUp = true
	return file, nil
}

func (f *Flags) take(w app.World, p *config.Profile, file *api.File) *api.File {
	f.file = file
	f.secrets = &api.Secrets{
		Env: w.Env, Origin: lro.Origin(file.URL),
		First: func(text string) { fmt.Fprintf(w.Stderr, "note: %s\n", text) },
	}
	if p != nil {
		f.secrets.Profile, f.secrets.ProfileOrigin = p.Secrets(), p.Origin
	}
	return file
}

// File returns the file that was read; nil if none was.
func (f *Flags) File() *api.File { return f.file }

// Secrets returns where the file's secrets come from; nil if no file was read.
func (f *Flags) Secrets() *api.Secrets { return f.secrets }

// Operation returns the operation that an argument names: by its name, or by a URL and a method.
func (f *Flags) Operation(arg string) (*api.Operation, error) {
	if op, ok := f.file.Operation(arg); ok {
		return op, nil
	}
	if !IsOperation(arg) {
		if lro.Origin(arg) == "" {
			return nil, app.Usagef("%q is not a URL: write http://host or https://host; an operation is named without : and /", arg)
		}
		return f.file.At(arg), nil
	}
	names := f.file.Names()
	if len(names) == 0 {
		return nil, app.Usagef("%s: it has no operations", f.file.Path)
	}
	return nil, app.Usagef("%s: there is no operation %q%s", f.file.Path, arg, api.Meant(arg, names))
}

// IsOperation reports whether an argument is the name of an operation and not a URL.
func IsOperation(arg string) bool { return !strings.ContainsAny(arg, ":/") }

// Matching returns the operation whose submit has that method and the path of a URL; nil if there is none.
func (f *Flags) Matching(method, url string) *api.Operation { return f.file.Matching(method, url) }

// Dress adds the file's header fields to those of a client: what holds no secret to header, unless it is
// there, and the rest to the credentials, which are asked for again after a 401. They are for the file's
// origin: for a target elsewhere nothing is added.
func (f *Flags) Dress(ctx context.Context, target string, header http.Header, credentials Credentials) (Credentials, error) {
	if f.file == nil || f.file.URL == "" || lro.Origin(f.file.URL) != lro.Origin(target) {
		return credentials, nil
	}
	plain, err := f.secrets.Header(ctx, f.file.Header, false, false)
	if err != nil {
		return nil, app.Misused(err)
	}
	for name, values := range plain {
		if len(header.Values(name)) == 0 {
			header[name] = values
		}
	}
	secret := map[string]string{}
	for name, t := range f.file.Header {
		if api.HoldsSecret(t) && len(header.Values(name)) == 0 {
			secret[name] = t
		}
	}
	if len(secret) == 0 {
		return credentials, nil
	}
	if _, err := f.secrets.Header(ctx, secret, true, false); err != nil {
		return nil, app.Misused(err)
	}
	return func(ctx context.Context, renew bool) (http.Header, error) {
		all, err := f.secrets.Header(ctx, secret, true, renew)
		if err != nil || credentials == nil {
			return all, err
		}
		own, err := credentials(ctx, renew)
		for name, values := range own {
			all[name] = values
		}
		return all, err
	}, nil
}

// Credentials is where credentials come from; see poller.Client.
type Credentials = func(ctx context.Context, renew bool) (http.Header, error)
