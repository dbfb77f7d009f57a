package mockserver

import (
	"bytes"
	"crypto/hmac"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"time"
)

const (
	sealVersion = 2
	sealTag     = 16      // bytes of HMAC-SHA256 that are kept (RFC 2104, section 5)
	sealNonce   = 8       // bytes that tell equal submits apart
	maxSealed   = 6 << 10 // bytes of an id, to fit into a URL of 8000 octets (RFC 9110, section 4.1)
)

// A sealer turns operations into ids that carry them, and back.
type sealer struct {
	key      []byte
	dialects map[string]*dialect
}

func newSealer(key []byte, dialects map[string]*dialect) *sealer {
	if len(key) == 0 {
		key = make([]byte, 32)
		cryptorand.Read(key) // never fails: it ends the program instead
	}
	return &sealer{bytes.Clone(key), dialects}
}

// ReplicaKey returns the Key of a stateless server, for another one that is to
// answer for its operations. It is a secret.
func (s *Server) ReplicaKey() []byte {
	s.once.Do(s.start)
	if s.store.sealer == nil {
		return nil
	}
	return bytes.Clone(s.store.sealer.key)
}

// addSealed makes an operation that only its id remembers.
func (st *store) addSealed(sub *submission, now time.Time, scale float64) (view, verdict) {
	scenario := *sub.scenario
	scenario.NoCancel, scenario.Polls = true, 0
	sealed := *sub
	sealed.scenario, sealed.path, sealed.body, sealed.key = &scenario, clip(sub.path), nil, ""
	// The id has microseconds.
	op := &operation{submission: &sealed, accepted: now.Truncate(time.Microsecond), cancelled: -1}
	st.number(op)
	nonce, _ := hex.DecodeString(st.ids.next()[:2*sealNonce])
	op.id = st.sealer.seal(op, nonce)
	if _, ok := st.sealer.open(op.id); !ok {
		return view{}, unsealable
	}
	return op.submit(now, scale), accepted
}

// seal writes the id of an operation.
func (se *sealer) seal(op *operation, nonce []byte) string {
	b := append([]byte{sealVersion}, nonce...)
	b = binary.AppendVarint(b, op.accepted.UnixMicro())
	b = binary.AppendVarint(b, int64(op.run))
	b = binary.AppendVarint(b, int64(op.size))
	for _, text := range []string{op.dialect.Name, op.method, op.path, op.contentType, op.scenario.Values().Encode()} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, se.tag(b)...))
}

func (se *sealer) tag(payload []byte) []byte {
	mac := hmac.New(sha256.New, se.key)
	mac.Write(payload)
	return mac.Sum(nil)[:sealTag]
}

// open reads an id. It reports false for one that this key did not seal.
func (se *sealer) open(id string) (*operation, bool) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(id)
	if len(id) > maxSealed || err != nil || len(sealed) < 1+sealNonce+sealTag {
		return nil, false
	}
	payload, tag := sealed[:len(sealed)-sealTag], sealed[len(sealed)-sealTag:]
	if !hmac.Equal(tag, se.tag(payload)) || payload[0] != sealVersion {
		return nil, false
	}
	r := unsealer{rest: payload[1+sealNonce:]}
	op := &operation{id: id, cancelled: -1, accepted: time.UnixMicro(r.number()).UTC(), run: time.Duration(r.number())}
	sub := &submission{size: int(r.number()), dialect: se.dialects[r.text()], method: r.text(), path: r.text(), contentType: r.text()}
	values, err := url.ParseQuery(r.text())
	if err != nil || r.bad || len(r.rest) > 0 || sub.dialect == nil {
		return nil, false
	}
	scenario, err := ParseScenario(Scenario{}, values)
	sub.scenario, op.submission = &scenario, sub
	return op, err == nil
}

// An unsealer reads the fields of an id. The tag was right, so what is bad comes
// from a server of another kind with the same key.
type unsealer struct {
	rest []byte
	bad  bool
}

func (r *unsealer) number() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *unsealer) text() string {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(len(r.rest)-size) {
		r.rest, r.bad = nil, true
		return ""
	}
	text := string(r.rest[size : size+int(n)])
	r.rest = r.rest[size+int(n):]
	return text
}
