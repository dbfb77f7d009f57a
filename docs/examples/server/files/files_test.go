package files_test

import (
	"net/http/httptest"
	"testing"

	"github.com/asyncctl/asyncctl/docs/examples/server/files"
	"github.com/asyncctl/asyncctl/docs/examples/server/storetest"
)

func TestStore(t *testing.T) {
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(store.Handler())
	defer server.Close()
	store.ResultsURL = server.URL
	storetest.Run(t, store)
}
