package bounded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := File(path, 5); err != nil || string(got) != "12345" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := File(path, 4); err == nil || got != nil || !strings.HasSuffix(err.Error(), "is larger than 4 bytes") {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Regular(filepath.Dir(path), 5); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a directory: %v", err)
	}
	if _, err := Regular(path, 5); err != nil {
		t.Error(err)
	}
	if _, err := Regular(path+"x", 5); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
	if _, err := File(path+"x", 5); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
