package work

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

// A Sealer turns operations into ids that carry them, and back.
type Sealer struct {
	Key     []byte
	manners map[string]*Manner
}

func NewSealer(key []byte, manners map[string]*Manner) *Sealer {
	if len(key) == 0 {
		key = make([]byte, 32)
		cryptorand.Read(key) // never fails: it ends the program instead
	}
	return &Sealer{bytes.Clone(key), manners}
}

// addSealed makes an operation that only its id remembers.
func (st *Store) addSealed(sub *Submission, now time.Time, scale float64) (View, Verdict) {
	scenario := *sub.Scenario
	scenario.NoCancel, scenario.Polls = true, 0
	sealed := *sub
	sealed.Scenario, sealed.Path, sealed.Body, sealed.Key = &scenario, Clip(sub.Path), nil, ""
	// The id has microseconds.
	op := &Operation{Submission: &sealed, Accepted: now.Truncate(time.Microsecond), cancelled: -1}
	st.number(op)
	nonce, _ := hex.DecodeString(st.ids.next()[:2*sealNonce])
	op.ID = st.Sealer.seal(op, nonce)
	if _, ok := st.Sealer.open(op.ID); !ok {
		return View{}, Unsealable
	}
	return op.submit(now, scale), Accepted
}

// seal writes the id of an operation.
func (se *Sealer) seal(op *Operation, nonce []byte) string {
	b := append([]byte{sealVersion}, nonce...)
	b = binary.AppendVarint(b, op.Accepted.UnixMicro())
	b = binary.AppendVarint(b, int64(op.run))
	b = binary.AppendVarint(b, int64(op.Size))
	for _, text := range []string{op.Manner.Name, op.Method, op.Path, op.ContentType, op.Scenario.Values().Encode()} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, se.tag(b)...))
}

func (se *Sealer) tag(payload []byte) []byte {
	mac := hmac.New(sha256.New, se.Key)
	mac.Write(payload)
	return mac.Sum(nil)[:sealTag]
}

// open reads an id. It reports false for one that this key did not seal.
func (se *Sealer) open(id string) (*Operation, bool) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(id)
	if len(id) > maxSealed || err != nil || len(sealed) < 1+sealNonce+sealTag {
		return nil, false
	}
	payload, tag := sealed[:len(sealed)-sealTag], sealed[len(sealed)-sealTag:]
	if !hmac.Equal(tag, se.tag(payload)) || payload[0] != sealVersion {
		return nil, false
	}
	r := unsealer{rest: payload[1+sealNonce:]}
	op := &Operation{ID: id, cancelled: -1, Accepted: time.UnixMicro(r.number()).UTC(), run: time.Duration(r.number())}
	sub := &Submission{Size: int(r.number()), Manner: se.manners[r.text()], Method: r.text(), Path: r.text(), ContentType: r.text()}
	values, err := url.ParseQuery(r.text())
	if err != nil || r.bad || len(r.rest) > 0 || sub.Manner == nil {
		return nil, false
	}
	scenario, err := ParseScenario(Scenario{}, values)
	sub.Scenario, op.Submission = &scenario, sub
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
