package cmd_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd"
)

// endless are servers that never come to an end, by what they do with a connection whose request was read.
var endless = map[string]func(io.Writer){
	"no answer": func(io.Writer) {},
	"101": func(w io.Writer) {
		io.WriteString(w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
	},
	"interim answers": func(w io.Writer) { repeat(w, "", "HTTP/1.1 102 Processing\r\n\r\n") },
	"header":          func(w io.Writer) { repeat(w, "HTTP/1.1 200 OK\r\n", "X-A: b\r\n") },
	"content": func(w io.Writer) {
		repeat(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"status\":\"", "x")
	},
	"chunks": func(w io.Writer) { repeat(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n") },
}

func repeat(w io.Writer, first, more string) {
	io.WriteString(w, first)
	for {
		if _, err := io.WriteString(w, more); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// endlessServer returns the URL of such a server.
func endlessServer(t *testing.T, answer func(io.Writer)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				serving.Go(func() { <-done; c.Close() })
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					answer(c)
					<-done
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		close(done)
		serving.Wait()
	})
	return "http://" + l.Addr().String() + "/x"
}

// No server outlasts the time that the person allows, in no command. Where nothing is known at the end, the code is
// that of the deadline.
func TestNoServerOutlastsTheTimeout(t *testing.T) {
	late := map[string]bool{"submit": true, "submit --wait": true, "wait": true, "cancel": true, "batch": true, "init": true}
	for behaviour, answer := range endless {
		for name, args := range map[string][]string{
			"submit": {"submit", "URL", "--timeout", "300ms"}, "submit --wait": {"submit", "URL", "--wait", "--timeout", "300ms"},
			"wait": {"wait", "URL", "--timeout", "300ms"}, "cancel": {"cancel", "URL", "--force", "--timeout", "300ms"},
			"status": {"status", "URL", "--request-timeout", "300ms"}, "batch": {"batch", "LIST", "--no-journal", "--timeout", "300ms"},
			"conformance": {"conformance", "URL", "--timeout", "300ms"}, "init": {"init", "URL", "-o", "-", "--timeout", "300ms"},
			"loadtest": {"loadtest", "URL", "--operations", "2", "--rate", "20", "--workers", "1", "--operation-timeout", "300ms", "--request-timeout", "300ms", "--drain", "300ms"},
		} {
			t.Run(name+", "+behaviour, func(t *testing.T) {
				t.Parallel()
				url := endlessServer(t, answer)
				list := filepath.Join(t.TempDir(), "list")
				if err := os.WriteFile(list, []byte(`{"url":"`+url+`"}`+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				given := strings.Split(strings.NewReplacer("URL", url, "LIST", list).Replace(strings.Join(args, "\x00")), "\x00")
				var said bytes.Buffer
				ended := make(chan int, 1)
				go func() { ended <- cmd.Main(world(io.Discard, &said, given...)) }()
				select {
				case code := <-ended:
					if code == 124 || !late[name] || behaviour == "101" || name == "cancel" && (behaviour == "content" || behaviour == "chunks") {
						return // a status says something, and its content nothing more
					}
					t.Errorf("exited with %d: %s", code, said.String())
				case <-time.After(time.Minute):
					t.Fatal("it goes on")
				}
			})
		}
	}
}
