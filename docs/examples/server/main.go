// Command server is the asynchronous request-reply pattern in one process, with its state in files:
//
//	go run . -dir data
//
// On Unix and Windows alike the roles may also be processes of their own, over the same directory:
//
//	go run . -dir data -roles api,status
//	go run . -dir data -roles worker,sweeper
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/asyncctl/asyncctl/docs/examples/server/files"
	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

func main() {
	var o reports.Options
	o.Flags(flag.CommandLine)
	dir := flag.String("dir", "data", "where operations, queue and results are kept")
	results := flag.String("results", "127.0.0.1:8081", "where to serve results: an origin of their own")
	resultsURL := flag.String("results-url", "", "what precedes the path in URLs of results; empty: http:// and -results")
	flag.Parse()
	if err := o.Finish(flag.Args()); err != nil {
		log.Print(err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, *dir, *results, *resultsURL); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o reports.Options, dir, results, resultsURL string) error {
	store, err := files.Open(dir)
	if err != nil {
		return err
	}
	store.ResultsURL = resultsURL
	if !slices.Contains(o.Roles, "status") {
		return reports.Run(ctx, o, store)
	}
	return serveBoth(ctx, o, store, results)
}

// serveBoth serves results beside the roles; if one of them ends, so does the other.
func serveBoth(ctx context.Context, o reports.Options, store *files.Store, results string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- reports.Serve(ctx, results, store.Handler(), func(url string) { ready <- url })
		stop()
	}()
	select {
	case err := <-ended:
		return err
	case url := <-ready:
		log.Printf("results: %s", url)
		if store.ResultsURL == "" {
			store.ResultsURL = url
		}
	}
	err := reports.Run(ctx, o, store)
	stop()
	if other := <-ended; err == nil {
		err = other
	}
	return err
}
