package load

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/loadtest"
)

// TestPutForStores: S3 signs nothing but the URL, and Azure's store wants to know what kind of blob it is
// to make.
func TestPutForStores(t *testing.T) {
	var kind, content string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, content = r.Method+" "+r.Header.Get("X-Ms-Blob-Type"), r.Header.Get("Content-Type")
		if r.URL.Query().Get("sig") == "wrong" {
			http.Error(w, "sig=wrong", http.StatusForbidden)
		}
	}))
	defer server.Close()
	for query, want := range map[string]string{
		"?X-Amz-Credential=key&X-Amz-Signature=abc": "PUT ",
		"?sv=2025-01-05&sr=b&sp=cw&sig=abc":         "PUT BlockBlob",
		"?sig=abc":                                  "PUT ",
	} {
		if err := put(t.Context(), server.URL+"/part.json"+query, &loadtest.Result{}); err != nil || kind != want || content != "application/json" {
			t.Errorf("%s: %v, %q, %q", query, err, kind, content)
		}
	}
	err := put(t.Context(), server.URL+"/part.json?sv=1&sig=wrong", &loadtest.Result{})
	if err == nil || strings.Contains(err.Error(), "wrong") || !strings.Contains(err.Error(), "403") {
		t.Errorf("refused: %v", err)
	}
}
