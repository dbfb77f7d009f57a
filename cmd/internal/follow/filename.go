package follow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
)

// fileNames gives each result of many a file name of its own, on every file system: names that differ
// only in case, or in what had to be replaced, stay apart. The zero value is ready.
type fileNames struct {
	mu    sync.Mutex
	taken map[string]string // by the name without regard to case, whose it is
}

// plainName replaces each run of characters that have no place in a name by a "_".
func plainName(id string) string {
	var b strings.Builder
	replaced := false
	for _, c := range []byte(id) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-", c) >= 0 {
			b.WriteByte(c)
			replaced = false
		} else if !replaced {
			b.WriteByte('_')
			replaced = true
		}
	}
	return b.String()
}

// reserved reports whether Windows keeps a name for a device, with any extension.
func reserved(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	if len(name) == 4 && name[3] >= '0' && name[3] <= '9' {
		name = name[:3] + "1"
	}
	return slices.Contains([]string{"con", "prn", "aux", "nul", "com1", "lpt1"}, name)
}

// longestName leaves room for what makes a name unique.
const longestName = 200

// of returns the name of an operation's file: its id where that is a plain name and nobody else's, else
// the id made plain, with a part that tells it from others. key tells the operations apart.
func (n *fileNames) of(key, id string) string {
	name := plainName(id)
	name = strings.TrimRight(name, ".")
	if name == "" || name[0] == '.' || name[0] == '-' || reserved(name) {
		name = "_" + name
	}
	name = name[:min(len(name), longestName)]
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.taken == nil {
		n.taken = map[string]string{}
	}
	owner, taken := n.taken[strings.ToLower(name)]
	if name != id || taken && owner != key {
		sum := sha256.Sum256([]byte(key + "\x00" + id))
		name += "-" + hex.EncodeToString(sum[:4])
	}
	n.taken[strings.ToLower(name)] = key
	return name
}
