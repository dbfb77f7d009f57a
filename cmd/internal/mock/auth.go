package mock

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockAuth says which credentials the mock asks for.
type mockAuth struct {
	credentials string
	expires     time.Duration
}

func (m *mockAuth) Bind(fs *pflag.FlagSet) {
	fs.StringVar(&m.credentials, "auth", "", "ask for credentials: `bearer:@FILE` or basic:@FILE, one on each line, read again for each request")
	fs.DurationVar(&m.expires, "auth-expires", 0, "how long each of them is valid, from its first use; 0: for ever")
}

// auth is nil if nobody asks.
func (m *mockAuth) auth() (*mockserver.Auth, error) {
	if m.credentials == "" {
		if m.expires != 0 {
			return nil, app.Usagef("--auth-expires is for --auth")
		}
		return nil, nil
	}
	scheme, path, ok := strings.Cut(m.credentials, ":@")
	if !ok || scheme != "bearer" && scheme != "basic" {
		return nil, app.Usagef("--auth: write bearer:@FILE, with a token on each line, or basic:@FILE, with user:password; what is written here itself could be read by others")
	}
	if m.expires < 0 {
		return nil, app.Usagef("--auth-expires %v: it is not negative", m.expires)
	}
	lines, err := credentialLines(path)
	switch {
	case err != nil:
		return nil, app.Usagef("--auth: %v", err)
	case len(lines) == 0:
		return nil, app.Usagef("--auth: %s has no line with credentials", path)
	}
	return &mockserver.Auth{Basic: scheme == "basic", Expires: m.expires, Accepts: func(credential string) bool {
		lines, err := credentialLines(path)
		return err == nil && slices.Contains(lines, credential)
	}}, nil
}

// maxSecret bounds a file of keys, tokens or passwords.
const maxSecret = 1 << 20

// credentialLines are the lines of a file, without comments.
func credentialLines(path string) ([]string, error) {
	text, err := bounded.File(path, maxSecret)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, nil
}
