// Command fast polls the server bare with fasthttp, as a comparison: 64 goroutines, one connection each,
// no protocol, no measurement.
package main

import (
	"flag"
	"fmt"
	"log"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

func main() {
	url := flag.String("url", "http://127.0.0.1:9999/p/1", "what to get")
	connections := flag.Int("c", 64, "connections")
	duration := flag.Duration("d", 5*time.Second, "how long")
	flag.Parse()
	client := &fasthttp.HostClient{Addr: (*url)[len("http://"):][:len("127.0.0.1:9999")], MaxConns: *connections}
	var done atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(*duration)
	for range *connections {
		all.Go(func() {
			req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			req.SetRequestURI(*url)
			for time.Now().Before(end) {
				if err := client.Do(req, resp); err != nil {
					log.Fatal(err)
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	cpu := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	fmt.Printf("fasthttp requests/s %.0f cpu_us/request %.2f\n", float64(done.Load())/duration.Seconds(), cpu.Seconds()*1e6/float64(done.Load()))
}
