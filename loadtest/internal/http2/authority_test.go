package http2

import (
	"bytes"
	"strings"
	"testing"
)

// TestAuthorityLength: the length of a string has seven bits, and goes on behind them (RFC 7541, section 5.2).
func TestAuthorityLength(t *testing.T) {
	for n, want := range map[int][]byte{1: {0x11, 1}, 126: {0x11, 126}, 127: {0x11, 127, 0}, 128: {0x11, 127, 1}, 127 + 128: {0x11, 127, 0x80, 1}} {
		host := strings.Repeat("a", n)
		if got := appendAuthority(nil, []byte(host)); !bytes.Equal(got, append(want, host...)) {
			t.Errorf("%d bytes: got % x", n, got[:4])
		}
	}
}
