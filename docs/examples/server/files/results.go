package files

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// PutResult writes a result, whole or not at all.
func (s *Store) PutResult(_ context.Context, name string, content []byte) error {
	if !plain(name) {
		return fmt.Errorf("%q is not the name of a result", name)
	}
	temporary, err := s.write(content)
	if err != nil {
		return err
	}
	return os.Rename(temporary, s.path("results", name))
}

// DeleteResult removes a result.
func (s *Store) DeleteResult(_ context.Context, name string) error {
	return remove(s.path("results", name))
}

// ResultURL signs the name and the time until which the URL is valid.
func (s *Store) ResultURL(_ context.Context, name string, life time.Duration) (string, error) {
	until := strconv.FormatInt(time.Now().Add(life).Unix(), 10)
	q := url.Values{"until": {until}, "signature": {s.sign(name, until)}}
	return s.ResultsURL + "/results/" + name + "?" + q.Encode(), nil
}

func (s *Store) sign(name, until string) string {
	mac := hmac.New(sha256.New, s.secret)
	fmt.Fprintf(mac, "%s\n%s", name, until)
	return hex.EncodeToString(mac.Sum(nil))
}

// Handler serves results to whoever has a signed URL. It stands on an origin of its own: clients must
// not send the API's credentials there, and a stolen result URL opens nothing else.
func (s *Store) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /results/{name}", s.serve)
	mux.HandleFunc("/results/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "a result can only be read", http.StatusMethodNotAllowed)
	})
	return mux
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-store")
	name, until := r.PathValue("name"), r.URL.Query().Get("until")
	given := r.URL.Query().Get("signature")
	if !plain(name) || !hmac.Equal([]byte(given), []byte(s.sign(name, until))) {
		http.Error(w, "the signature is not valid", http.StatusForbidden)
		return
	}
	if t, err := strconv.ParseInt(until, 10, 64); err != nil || time.Now().Unix() > t {
		http.Error(w, "the signature has expired; ask the status URL for a new one", http.StatusForbidden)
		return
	}
	f, err := os.Open(s.path("results", name))
	if errors.Is(err, fs.ErrNotExist) {
		http.Error(w, "there is no such result", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, "the storage did not answer", http.StatusServiceUnavailable)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		http.Error(w, "the storage did not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", `"`+name+`"`) // written once: the name is the version
	http.ServeContent(w, r, "", info.ModTime(), f)
}
