// Bare is the least that a server which answers like a poll of the mock has to do: the same header
// fields and the same number of bytes, from a net/http handler that knows nothing. The mock's
// throughput is measured against it.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

const document = `{"id":"0123456789abcdef0123456789abcdef","status":"Running","createdAt":"2026-01-01T00:00:00.000Z","lastUpdatedAt":"2026-01-01T00:00:00.000Z","percentComplete":0}` + "\n"

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%v\n", listener.Addr())
	err = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		h.Set("Retry-After", "1")
		h.Set("Etag", `"Running-0"`)
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, document)
	}))
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
