// Command seen is a server for tests of what is split over several machines: it accepts every submit,
// is done with it after a second, and remembers the number that it carries.
//
//	go run ./seen -listen 127.0.0.1:21700
//
// POST / takes {"n": 17}, or {"key": "..."} for what has no number. GET /seen says how often each came:
// "150 numbers, 0 to 149, each once", or what is missing and what came twice; DELETE /seen forgets.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:21700", "where to serve")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	s := &seen{times: map[int]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", s.submit)
	mux.HandleFunc("GET /status/{begun}", status)
	mux.HandleFunc("GET /result", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "{}") })
	mux.HandleFunc("GET /seen", s.tell)
	mux.HandleFunc("DELETE /seen", func(http.ResponseWriter, *http.Request) { s.forget() })
	log.Fatal((&http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}).Serve(l))
}

// seen counts how often each number came.
type seen struct {
	mu    sync.Mutex
	times map[int]int
	keys  map[string]int
}

func (s *seen) submit(w http.ResponseWriter, r *http.Request) {
	var order struct {
		N *int `json:"n"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&order); err != nil || order.N == nil {
		http.Error(w, `want {"n": NUMBER}`, http.StatusBadRequest)
		return
	}
	if key := r.Header.Get("Idempotency-Key"); s.first(key) {
		s.mu.Lock()
		s.times[*order.N]++
		s.mu.Unlock()
	}
	w.Header().Set("Location", "/status/"+strconv.FormatInt(time.Now().UnixMilli(), 10))
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusAccepted)
}

// first reports whether a request is no repetition of one with the same key.
func (s *seen) first(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]int{}
	}
	s.keys[key]++
	return key == "" || s.keys[key] == 1
}

func (s *seen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times, s.keys = map[int]int{}, nil
}

// status needs no memory: the URL says when the operation began.
func status(w http.ResponseWriter, r *http.Request) {
	begun, err := strconv.ParseInt(r.PathValue("begun"), 10, 64)
	switch {
	case err != nil:
		http.NotFound(w, r)
	case time.Since(time.UnixMilli(begun)) >= time.Second:
		w.Header().Set("Location", "/result")
		w.WriteHeader(http.StatusSeeOther)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "1")
		fmt.Fprintln(w, `{"status":"running"}`)
	}
}

func (s *seen) tell(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	largest := -1
	for n := range s.times {
		largest = max(largest, n)
	}
	var missing, again []string
	for n := range largest + 1 {
		switch times := s.times[n]; {
		case times == 0:
			missing = append(missing, strconv.Itoa(n))
		case times > 1:
			again = append(again, fmt.Sprintf("%d (%d times)", n, times))
		}
	}
	slices.Sort(again)
	repeated := 0
	for _, times := range s.keys {
		repeated += times - 1
	}
	switch {
	case len(missing)+len(again) == 0:
		fmt.Fprintf(w, "%d numbers, 0 to %d, each once", len(s.times), largest)
	default:
		fmt.Fprintf(w, "%d numbers, 0 to %d; missing: %s; more than once: %s", len(s.times), largest, strings.Join(missing, " "), strings.Join(again, " "))
	}
	if repeated > 0 && len(s.keys) > 1 {
		fmt.Fprintf(w, "; %d repeated requests with a key", repeated)
	}
	fmt.Fprintln(w)
}
