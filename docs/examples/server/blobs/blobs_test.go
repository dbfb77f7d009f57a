package blobs_test

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/docs/examples/server/blobs"
	"github.com/asyncctl/asyncctl/docs/examples/server/storetest"
)

// TestStore needs a storage account, or an emulator: azurite/up starts one.
func TestStore(t *testing.T) {
	connection := os.Getenv("STORAGE")
	if connection == "" {
		t.Skip("STORAGE is not set: there is no storage account")
	}
	store, err := blobs.Open(t.Context(), connection, "t"+strings.ToLower(rand.Text()[:10])+"-")
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, store)
}
