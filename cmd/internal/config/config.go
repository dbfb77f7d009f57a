package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// config is the person's own configuration file.
type config struct {
	path     string
	Profiles map[string]profile `yaml:"profiles"`
}

// profile is how to reach one API. What it holds is sent to its origin alone.
type profile struct {
	Origin  string            `yaml:"origin"`
	API     string            `yaml:"api"`
	Headers map[string]string `yaml:"headers"`
	Secrets map[string]secret `yaml:"secrets"`
	Flags   map[string]string `yaml:"flags"`
}

// secret is where the value of a secret comes from: one of these.
type secret struct {
	Env     string `yaml:"env"`
	File    string `yaml:"file"`
	Command string `yaml:"command"`
}

// source returns "env:NAME", "file:PATH" or "command:TEXT"; false unless exactly one is said.
func (s secret) source() (string, bool) {
	var said []string
	for kind, v := range map[string]string{"env": s.Env, "file": s.File, "command": s.Command} {
		if v != "" {
			said = append(said, kind+":"+v)
		}
	}
	if len(said) != 1 {
		return "", false
	}
	return said[0], true
}

// projectFile is its name.
const projectFile = ".asyncctl.yaml"

// Harmless lists the flags that a project may set.
var Harmless = []string{"timeout", "interval", "max-interval", "poll-retries", "grace", "request-timeout", "retry", "progress", "format", "silent", "verbose", "prefer-wait", "concurrency", "rate", "requests", "requests-per-host"}

func configPath(env func(string) string) string {
	base := env("XDG_CONFIG_HOME")
	if base == "" && env("HOME") != "" {
		base = filepath.Join(env("HOME"), ".config")
	}
	if base == "" {
		return ""
	}
	return filepath.Join(base, "asyncctl", "config.yaml")
}

// readConfig reads the person's file; none is fine.
func readConfig(env func(string) string) (*config, error) {
	c := &config{path: configPath(env), Profiles: map[string]profile{}}
	if c.path == "" {
		return c, nil
	}
	text, err := bounded.File(c.path, mostConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, nil
	case err != nil:
		return nil, app.Usagef("%v", err)
	}
	r := &reader{path: c.path}
	for name, section := range r.fields(r.document(text), "", "profiles") {
		if name != "profiles" {
			continue
		}
		for name, node := range r.entries(section, "profiles") {
			c.Profiles[name] = r.profile(node, "profiles."+name)
		}
	}
	return c, r.err()
}

// Profiles returns the names of the person's profiles.
func Profiles(env func(string) string) []string {
	c, err := readConfig(env)
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(c.Profiles))
}

// apply sets the flags of one profile, and marks its origin.
func (c *config) apply(name string, command *cobra.Command) error {
	p, ok := c.Profiles[name]
	if !ok {
		return app.Usagef("there is no profile %q in %s; it has %s", name, c.path, strings.Join(slices.Sorted(maps.Keys(c.Profiles)), ", "))
	}
	flags := command.Flags()
	origin := lro.Origin(p.Origin)
	if origin == "" {
		return app.Usagef("%s: profile %q: invalid origin %q: write https://host", c.path, name, p.Origin)
	}
	if err := flags.Set("profile-origin", origin); err != nil {
		return err
	}
	if err := flags.Set("profile-url", strings.TrimSuffix(p.Origin, "/")); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(p.Secrets)) {
		source, ok := p.Secrets[name].source()
		if !ok {
			return app.Usagef("%s: profile %q: secrets: %s: say one of command, file and env", c.path, name, name)
		}
		if err := flags.Set("profile-secret", name+"="+source); err != nil {
			return err
		}
	}
	if api := flags.Lookup("api"); p.API != "" && api != nil && !api.Changed {
		if err := flags.Set("api", p.API); err != nil {
			return err
		}
	}
	given, _ := flags.GetStringArray("header")
	for _, header := range slices.Sorted(maps.Keys(p.Headers)) {
		if slices.ContainsFunc(given, func(line string) bool {
			name, _, _ := strings.Cut(line, ":")
			return strings.EqualFold(strings.TrimSpace(name), header)
		}) {
			continue // the command line beats the profile
		}
		if err := flags.Set("header", header+": "+p.Headers[header]); err != nil {
			return app.Usagef("%s: profile %q: %v", c.path, name, err)
		}
	}
	return setFlags(flags, p.Flags, fmt.Sprintf("%s: profile %q", c.path, name))
}

// applyProject sets the flags of the working directory's file. Whoever writes to the directory writes it,
// so it may say nothing that decides where something is sent, what is run, or what is trusted.
func applyProject(flags *pflag.FlagSet) error {
	text, err := bounded.Regular(projectFile, mostConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return app.Usagef("%v", err)
	}
	r := &reader{path: projectFile}
	values := r.project(r.document(text))
	if err := r.err(); err != nil {
		return err
	}
	return setFlags(flags, values, projectFile)
}

// setFlags sets what was not set before. Flags of other commands are passed over.
func setFlags(flags *pflag.FlagSet, values map[string]string, source string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		f := flags.Lookup(name)
		if f == nil || f.Changed && f.Value.Type() != "stringArray" {
			continue
		}
		if err := flags.Set(name, values[name]); err != nil {
			return app.Usagef("%s: %s: %v", source, name, err)
		}
	}
	return nil
}

// Profile choose a profile.
type Profile struct {
	name, Origin string
	// URL is the profile's origin as it is written, perhaps with a base path.
	URL     string
	secrets []string
	none    bool
}

// Secrets returns the sources of the profile's secrets by name: "env:NAME", "file:PATH" or "command:TEXT".
func (f *Profile) Secrets() map[string]string {
	all := map[string]string{}
	for _, line := range f.secrets {
		name, source, _ := strings.Cut(line, "=")
		all[name] = source
	}
	return all
}

// internalFlags are how a profile reaches its flags: nobody else may set them.
var internalFlags = []string{"profile-origin", "profile-url", "profile-secret"}

func (f *Profile) Bind(fs *pflag.FlagSet) {
	fs.StringVar(&f.name, "profile", "", "take headers, credentials and flags from this `profile` of the configuration")
	fs.BoolVar(&f.none, "no-config", false, "read no configuration file")
	fs.StringVar(&f.Origin, "profile-origin", "", "")
	fs.StringVar(&f.URL, "profile-url", "", "")
	fs.StringArrayVar(&f.secrets, "profile-secret", nil, "")
	for _, name := range internalFlags {
		fs.MarkHidden(name)
	}
}

// Check refuses a target that is not of the profile's origin: what the profile holds is not for it.
func (f *Profile) Check(target string) error {
	if f.name == "" || lro.Origin(target) == f.Origin {
		return nil
	}
	return app.Usagef("profile %q is for %s, and not for %s", f.name, f.Origin, lro.Origin(target))
}
