package curl

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestBearer(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a token", "abc.DEF-1_~+/==", "Bearer abc.DEF-1_~+/=="},
		{"with a line end", "abc\r\n", "Bearer abc"},
		{"nothing", " \n", ""},
		{"two words", "Bearer s3cret", ""},
		{"two lines", "s3cret\nmore", ""},
		{"a zero byte", "s3cret\x00", ""},
		{"beyond ASCII", "s3crét", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := bearer(c.text, "the source")
			if got := h.Get("Authorization"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" && (err == nil || err.Error() != "the source is not one token") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCredentialsErrors(t *testing.T) {
	dir := t.TempDir()
	words := write(t, filepath.Join(dir, "words"), "two s3cret")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"two sources", []string{"--token-file", words, "--token-command", "echo s3cret"}, "--token-file and --token-command exclude each other"},
		{"no file", []string{"--token-file", words + ".not"}, "--token-file: open "},
		{"a file without a token", []string{"--token-file", words}, "is not one token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, err := newHeader(t, c.args...).Credentials("https://h/", World{})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") || from != nil {
				t.Errorf("got %v, want an error about %q without the secret", err, c.want)
			}
		})
	}
}

func TestTokenFileIsReadAgain(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "token"), "one\n")
	from, err := newHeader(t, "--token-file", file).Credentials("https://h/", World{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, "two\n")
	if h, err := from(t.Context(), true); err != nil || h.Get("Authorization") != "Bearer two" {
		t.Errorf("got %v, %v; want the new token", h, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if h, err := from(t.Context(), true); !errors.Is(err, os.ErrNotExist) || h != nil {
		t.Errorf("got %v, %v; want that the file is missing", h, err)
	}
}

func TestTokenCommand(t *testing.T) {
	for _, c := range []struct{ name, command, want, err, said string }{
		{"prints a token", "echo abc", "Bearer abc", "", ""},
		{"talks on stderr", "echo hello >&2; echo abc", "Bearer abc", "", "hello\n"},
		{"fails", "echo s3cret; exit 3", "", "the token command failed: exit status 3", ""},
		{"prints nothing", "true", "", "the token command's output is not one token", ""},
		{"prints too much", "echo s3cret s3cret", "", "the token command's output is not one token", ""},
		{"is none", "no-such-command-s3cret", "", "the token command failed: exit status 127", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stderr bytes.Buffer
			from, err := newHeader(t, "--token-command", c.command).Credentials("https://h/", World{Stderr: &stderr})
			if err != nil {
				t.Fatalf("it was run too early: %v", err)
			}
			h, err := from(t.Context(), false)
			if got := h.Get("Authorization"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.err != "" && (err == nil || err.Error() != c.err) || c.err == "" && err != nil {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if c.said != "" && stderr.String() != c.said {
				t.Errorf("said %q, want %q", stderr.String(), c.said)
			}
		})
	}
}

// A deadline ends a token command, even if something that it started goes on and keeps its output.
func TestTokenCommandEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	from, err := newHeader(t, "--token-command", "sleep 60; echo x").Credentials("https://h/", World{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err = from(ctx, false); err == nil {
		t.Error("there is a token")
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A token that expires while an operation goes on is renewed by the command, with the real client.
func TestTokenCommandRunsAgainAfter401(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.Header.Get("Authorization"))
		switch {
		case r.Method == "POST":
			w.Header().Set("Location", "/op")
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusAccepted)
		case r.Header.Get("Authorization") == "Bearer t1":
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	counter := filepath.Join(t.TempDir(), "n")
	from, err := newHeader(t, "--token-command", "echo x >>"+counter+"; echo t$(wc -l <"+counter+" | tr -d ' ')").Credentials(server.URL, World{})
	if err != nil {
		t.Fatal(err)
	}
	client := &poller.Client{Credentials: from}
	res, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got, want := strings.Join(seen, ", "), "POST Bearer t1, GET Bearer t1, GET Bearer t2"; got != want {
		t.Errorf("the server saw %s, want %s", got, want)
	}
}

// A command that fails leaves nothing sent, and its error can be told from a mistake in the flags.
func TestTokenCommandThatFailsSendsNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	defer server.Close()
	from, err := newHeader(t, "--token-command", "exit 1").Credentials(server.URL, World{})
	if err != nil {
		t.Fatal(err)
	}
	client := &poller.Client{Credentials: from, Policy: lro.Policy{Resends: -1}}
	_, err = client.Do(t.Context(), lro.Request{Method: "POST", URL: server.URL})
	var failed *poller.Error
	if !errors.As(err, &failed) || failed.Operation.Outcome != lro.NotSent || failed.Operation.Reason != lro.CredentialsFailed || !strings.Contains(err.Error(), "the token command failed") {
		t.Errorf("got %v", err)
	}
}
