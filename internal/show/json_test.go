package show_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/asyncctl/asyncctl/internal/show"
)

// A document that was written shows nothing but itself, and says what it said.
func TestWriterSaysTheSame(t *testing.T) {
	said := []string{"##vso[task.complete]", "::error::x", "a\u202eb", "tag \U000e0041", "plain ü \"quoted\" \\", "section_start:1"}
	var out bytes.Buffer
	to := json.NewEncoder(show.Writer(&out))
	to.SetEscapeHTML(false)
	if err := to.Encode(said); err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"##vso[", "::error", "\u202e", "\U000e0041", "section_start:"} {
		if bytes.Contains(out.Bytes(), []byte(c)) {
			t.Errorf("%q stands in %s", c, out.Bytes())
		}
	}
	var read []string
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	for i := range said {
		if read[i] != said[i] {
			t.Errorf("%q became %q", said[i], read[i])
		}
	}
}
