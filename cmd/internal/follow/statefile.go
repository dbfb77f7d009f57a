package follow

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// stateFile keeps the handle of an operation in the person's own state directory
// ($XDG_STATE_HOME/asyncctl, or ~/.local/state/asyncctl), mode 0600, and returns its path.
func stateFile(env func(string) string, op lro.Operation) (string, error) {
	base := env("XDG_STATE_HOME")
	if base == "" {
		home := env("HOME")
		if home == "" {
			return "", errors.New("there is no home directory")
		}
		base = filepath.Join(home, ".local", "state")
	}
	dir := filepath.Join(base, "asyncctl")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(op.StatusURL))
	path := filepath.Join(dir, hex.EncodeToString(sum[:6])+".json")
	return path, saveHandle(path, op)
}
