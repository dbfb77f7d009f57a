package api

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/internal/hole"
)

// Secrets finds the values of secrets by their names. The zero value knows none.
type Secrets struct {
	// Env reads variables. ASYNCCTL_SECRET_NAME is the only one that a file reaches.
	Env func(name string) string
	// Profile holds the sources of the profile's secrets: "env:NAME", "file:PATH" or "command:TEXT".
	// They are for ProfileOrigin alone.
	Profile       map[string]string
	ProfileOrigin string
	// Origin is where the secrets go.
	Origin string
	// MadeUp gives every secret a made-up value: the mock takes any.
	MadeUp bool
	// First is told the first use of a secret. Nil: nobody is.
	First func(text string)

	used map[string]string
}

// Get returns a secret; with renew its source is asked again.
func (s *Secrets) Get(ctx context.Context, name string, renew bool) (string, error) {
	if s.MadeUp {
		return "made-up-" + strings.ToLower(name), nil
	}
	if v, ok := s.used[name]; ok && !renew {
		return v, nil
	}
	v, from, err := s.read(ctx, name)
	if err != nil {
		return "", err
	}
	if strings.ContainsFunc(v, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return "", fmt.Errorf("the secret %s (%s) holds a control character", name, from)
	}
	if s.used == nil {
		s.used = map[string]string{}
	}
	if _, had := s.used[name]; !had && s.First != nil {
		s.First(fmt.Sprintf("the secret %s (%s) goes to %s", name, from, s.Origin))
	}
	s.used[name] = v
	return v, nil
}

func (s *Secrets) read(ctx context.Context, name string) (value, from string, err error) {
	variable := "ASYNCCTL_SECRET_" + name
	if source, ok := s.Profile[name]; ok && s.ProfileOrigin == s.Origin {
		kind, rest, _ := strings.Cut(source, ":")
		switch kind {
		case "env":
			value, from = s.Env(rest), "the variable "+rest
			if value == "" {
				return "", "", fmt.Errorf("the secret %s: the profile takes it from the variable %s, which is not set", name, rest)
			}
		case "file":
			text, err := bounded.File(rest, 1<<20)
			if err != nil {
				return "", "", fmt.Errorf("the secret %s: %w", name, err)
			}
			value, from = strings.TrimRight(string(text), "\r\n"), rest
		case "command":
			command := exec.CommandContext(ctx, "sh", "-c", rest)
			command.Stderr = os.Stderr
			command.WaitDelay = time.Second
			out, err := command.Output()
			if err != nil {
				return "", "", fmt.Errorf("the secret %s: the profile's command failed: %w", name, err)
			}
			value, from = strings.TrimRight(string(out), "\r\n"), "the profile's command"
		}
		return value, from, nil
	}
	if s.Env != nil {
		if v := s.Env(variable); v != "" {
			return v, variable, nil
		}
	}
	return "", "", fmt.Errorf("the secret %s is not known: set the variable %s, or give the profile for %s secrets: {%s: {command|file|env: ...}}", name, variable, s.Origin, name)
}

// HoldsSecret reports whether a template needs a secret.
func HoldsSecret(template string) bool {
	for _, name := range hole.Names(template) {
		if strings.HasPrefix(name, "secret:") {
			return true
		}
	}
	return false
}

// Header fills in the header templates that hold secrets, or those that hold none.
func (s *Secrets) Header(ctx context.Context, templates map[string]string, secret, renew bool) (http.Header, error) {
	header := http.Header{}
	for _, name := range sortedNames(templates) {
		if HoldsSecret(templates[name]) != secret {
			continue
		}
		v, err := fill(templates[name], asText, func(hole string) (any, error) {
			if key, ok := strings.CutPrefix(hole, "secret:"); ok {
				return s.Get(ctx, key, renew)
			}
			return Values{}.value(hole)
		})
		if err != nil {
			return nil, err
		}
		header.Set(name, v)
	}
	return header, nil
}
