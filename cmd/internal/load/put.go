package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/loadtest"
)

// The tries to store a result, and the time that each may take.
const (
	putTries   = 4
	putTimeout = time.Minute
)

// put stores a result at a URL, as one that a store has signed beforehand: the URL is the credential,
// and nothing else goes with it. It is tried again after what may pass.
func put(ctx context.Context, url string, r *loadtest.Result) error {
	var content bytes.Buffer
	if err := report.Write(&content, r); err != nil {
		return err
	}
	client := &http.Client{Timeout: putTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var failed error
	for try := range putTries {
		if try > 0 {
			select {
			case <-time.After(time.Second << try):
			case <-ctx.Done():
				return failed
			}
		}
		var again bool
		if again, failed = putOnce(ctx, client, url, content.Bytes()); failed == nil || !again {
			return failed
		}
	}
	return failed
}

func putOnce(ctx context.Context, client *http.Client, url string, content []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPut, url, bytes.NewReader(content))
	if err != nil {
		return false, app.Usagef("--out %s: that is no URL to store a result at", show.URL(url))
	}
	req.Header.Set("Content-Type", "application/json")
	if query := req.URL.Query(); query.Has("sv") && query.Has("sig") { // a shared access signature of Azure, whose store asks for the kind of a new blob
		req.Header.Set("X-Ms-Blob-Type", "BlockBlob")
	}
	resp, err := client.Do(req)
	if err != nil {
		return true, &app.WriteError{Path: show.URL(url), Err: fmt.Errorf("no answer to PUT")} // the error holds the whole URL
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // for the connection's sake
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode >= 500 || resp.StatusCode == 429, &app.WriteError{Path: show.URL(url), Err: fmt.Errorf("PUT was answered %s", resp.Status)}
	}
	return false, nil
}
