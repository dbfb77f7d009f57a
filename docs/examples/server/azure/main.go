// Command azure is the same server on Azure Storage, with each role in a process of its own. The
// connection string is read from the environment variable STORAGE:
//
//	go run ./azure -roles api,status -listen 127.0.0.1:8080
//	go run ./azure -roles worker
//	go run ./azure -roles sweeper
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/asyncctl/asyncctl/docs/examples/server/blobs"
	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

func main() {
	var o reports.Options
	o.Flags(flag.CommandLine)
	prefix := flag.String("prefix", "", "what the names of the containers and of the queue begin with")
	flag.Parse()
	if err := o.Finish(flag.Args()); err != nil {
		log.Print(err)
		os.Exit(2)
	}
	connection := os.Getenv("STORAGE")
	if connection == "" {
		log.Print("set STORAGE to the connection string of a storage account")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	store, err := blobs.Open(ctx, connection, *prefix)
	if err == nil {
		err = reports.Run(ctx, o, store)
	}
	if err != nil {
		log.Fatal(err)
	}
}
