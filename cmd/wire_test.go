package cmd_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A wire server answers each request with the next block of its file, and with the last one for
// ever. Blocks are separated by lines of "===". A block is a response as it goes over the wire,
// without the boring parts: no Content-Length means that the connection ends with the content.
// $NAME stands for the URL of a wire server that runs. A line of its own may be
//
//	!close    end the connection without an answer
//	!hang     say nothing until the client gives up
//	!cut      end the connection here, whatever was announced
//	!send N   send N bytes
//	!endless  send "x" until the client has enough
//	!date D   the Date field, D from now: !date +2h
type wire struct {
	blocks []string
	log    *os.File
	mu     sync.Mutex
	n      int
	done   chan struct{}
}

func startWire(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: wire NAME FILE")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], "http://"+listener.Addr().String())
	log, err := os.Create(ts.MkAbs(args[0] + ".log"))
	ts.Check(err)
	text := os.Expand(ts.ReadFile(args[1]), ts.Getenv)
	w := &wire{blocks: strings.Split(strings.TrimSpace(text), "\n===\n"), log: log, done: make(chan struct{})}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { w.serve(conn) })
		}
	})
	ts.Defer(func() {
		listener.Close()
		close(w.done)
		serving.Wait()
		log.Close()
	})
}

func (w *wire) serve(conn net.Conn) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	dump, _ := httputil.DumpRequest(req, true)
	w.mu.Lock()
	block := w.blocks[min(w.n, len(w.blocks)-1)]
	w.n++
	fmt.Fprintf(w.log, "%s\n", dump)
	w.mu.Unlock()
	w.answer(conn, block)
}

// answer writes one block.
func (w *wire) answer(conn net.Conn, block string) {
	head, body, _ := strings.Cut(block, "\n\n")
	for _, line := range strings.Split(head, "\n") {
		d, dated := strings.CutPrefix(line, "!date ")
		switch {
		case line == "!close":
			return
		case line == "!hang":
			w.hang(conn)
			return
		case dated:
			offset, _ := time.ParseDuration(d)
			line = "Date: " + time.Now().Add(offset).UTC().Format(http.TimeFormat)
		}
		fmt.Fprintf(conn, "%s\r\n", line)
	}
	if !strings.Contains(head, "\nConnection: ") {
		io.WriteString(conn, "Connection: close\r\n")
	}
	io.WriteString(conn, "\r\n")
	for _, line := range strings.SplitAfter(body, "\n") {
		if count, ok := strings.CutPrefix(line, "!send "); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(count))
			io.WriteString(conn, strings.Repeat("x", n))
			continue
		}
		switch strings.TrimSpace(line) {
		case "!cut":
			return
		case "!endless":
			chunk := strings.Repeat("x", 1<<16)
			for {
				if _, err := io.WriteString(conn, chunk); err != nil {
					return
				}
			}
		}
		io.WriteString(conn, line)
	}
}

// hang waits until the client goes away.
func (w *wire) hang(conn net.Conn) {
	go func() {
		<-w.done
		conn.SetReadDeadline(time.Now())
	}()
	io.Copy(io.Discard, conn)
}

func exitStatus(err error) string {
	if err == nil {
		return "0"
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Sprint(exit.ExitCode())
	}
	return err.Error()
}
