package work

import (
	cryptorand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	mathrand "math/rand/v2"
	"sync"
)

// IDs makes the names of operations: 128 random bits in hexadecimal, so that
// nobody guesses the URL of somebody else's operation (RFC 9110, section 17.9).
type IDs struct {
	mu     sync.Mutex
	seeded *mathrand.ChaCha8 // nil: from the system, without a lock
}

func NewIDs(seed uint64) *IDs {
	g := &IDs{}
	g.reset(seed)
	return g
}

// reset begins anew. A seed of 0 leaves them random.
func (g *IDs) reset(seed uint64) {
	if seed == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	g.seeded = mathrand.NewChaCha8(key)
}

func (g *IDs) next() string {
	var id [16]byte
	if g.seeded == nil {
		cryptorand.Read(id[:]) // never fails: it ends the program instead
		return hex.EncodeToString(id[:])
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seeded.Read(id[:])
	return hex.EncodeToString(id[:])
}
