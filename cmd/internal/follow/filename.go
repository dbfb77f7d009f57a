package follow

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
)

// fileNames gives each result of many a file name of its own, on every file system: names that differ
// only in case, or in what had to be replaced, stay apart. The zero value is ready.
type fileNames struct {
	mu    sync.Mutex
	taken map[string]string // by the name without regard to case, whose it is
}

var unsafeInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// reserved are the names that Windows keeps for devices, with any extension.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// longestName leaves room for what makes a name unique.
const longestName = 200

// of returns the name of an operation's file: its id where that is a plain name and nobody else's, else
// the id made plain, with a part that tells it from others. key tells the operations apart.
func (n *fileNames) of(key, id string) string {
	name := unsafeInNames.ReplaceAllString(id, "_")
	name = strings.TrimRight(name, ".")
	if name == "" || name[0] == '.' || name[0] == '-' || reserved.MatchString(name) {
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
