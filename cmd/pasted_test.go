package cmd_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pasted are lines as browsers copy them, and as documentation has them. URL stands for the server's.
var pasted = []string{
	// Chrome, on Unix
	`'URL/orders?x=1&y=a%20b' -H 'accept: application/json, text/plain, */*' -H 'accept-language: de-DE,de;q=0.9' -H 'content-type: application/json' -b 'sid=abc123; theme=dark' -H 'origin: https://shop.example' -H 'referer: https://shop.example/cart' -H 'sec-fetch-mode: cors' -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' --data-raw '{"sku":"A-1","n":2}'`,
	`'URL/orders' -X 'PUT' -H 'content-type: application/json;charset=UTF-8' --data-raw $'{"text":"it\u0027s \\"quoted\\"!"}' --insecure`,
	`'URL/upload' -H 'content-type: multipart/form-data; boundary=----WebKitFormBoundaryq1w2e3' --data-raw $'------WebKitFormBoundaryq1w2e3\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n------WebKitFormBoundaryq1w2e3--\r\n'`,
	// Firefox
	`'URL/reports' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0)' -H 'Accept: */*' -H 'Accept-Language: en-US,en;q=0.5' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Content-Type: application/x-www-form-urlencoded' -H 'Cookie: a=1; b=2' --data-raw 'year=2026&kind=full'`,
	`-X DELETE 'URL/jobs/7' --compressed -H 'X-Requested-With: XMLHttpRequest'`,
	// Safari
	`'URL/things' -X 'POST' -H 'Content-Type: text/plain' -H 'Accept: */*' -H 'Sec-Fetch-Site: same-origin' -H 'Content-Length: 5' --data-binary 'hello'`,
	// documentation
	`-sSfL -X POST URL/v1/batches -H 'Authorization: Bearer abc' -H 'Content-Type: application/json' -d '{"input":"x"}'`,
	`-i -g --http1.1 -u me:pw -XPOST -d a=1 -d 'b=2&c=3' 'URL/form?tags[]=1'`,
	`-G URL/search -d q=report --data-urlencode 'name=a b&c' -H 'X-Trace;'`,
	`--json '{"a":1}' -e https://example.org/ -A tool/1 --url-query 'page=1 2' URL/json`,
	`-F 'name=value' -F 'other=two words' URL/multipart`,
	`-sSL --request POST --url URL/flags --header 'X-A: b' --data '{"k":1}'`,
	`-X POST URL/bare -d x -H 'Content-Type:' -H 'Accept:'`,
	`--json '{}' -H 'Content-Type;' -H 'Accept: text/csv' URL/empty`,
	`--form-string 'a=@literal;type=x' -F 'b=<pasted_test.go;type=text/plain' -F 'c=@pasted_test.go;filename=z.go' URL/forms`,
	`--data-urlencode 'a=b c' --data-urlencode =d --data-urlencode e@testdata/pasted.txt -d @testdata/pasted.txt URL/encoded`,
	`-sS --no-progress-meter --basic -u me:p:w --tlsv1 -1 -j --raw --keepalive-time 3 --proto =http,https --max-time 9 -d x -- URL/ignored`,
	`-sSfLik --http1.1 -HX-A:1 -XPUT --data-binary @testdata/pasted.txt URL/short`,
	`-G 'URL/get?x=1' --data-urlencode 'q=a b' -d z=1`,
	`-f -S -s -L --compressed --globoff --oauth2-bearer abc -X PATCH --data-ascii x=y URL/patch`,
}

// A line that was written for curl sends the same request when asyncctl submit sends it.
func TestPastedLines(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		seen = append(seen, requestText(r, string(body)))
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{}`)
	}))
	defer server.Close()
	for _, line := range pasted {
		line = strings.ReplaceAll(line, "URL", server.URL)
		mu.Lock()
		seen = nil
		mu.Unlock()
		for _, command := range []string{"curl -s ", "asyncctl submit -s "} {
			if out, err := exec.Command(bash, "-c", command+line).CombinedOutput(); err != nil {
				t.Errorf("%s%s: %v\n%s", command, line, err, out)
			}
		}
		mu.Lock()
		if len(seen) != 2 || seen[0] != seen[1] {
			t.Errorf("%s\n%s", line, strings.Join(seen, "\n--\n"))
		}
		mu.Unlock()
	}
}

// requestText is a request without what each client says of itself, and without its boundary.
func requestText(r *http.Request, body string) string {
	var lines []string
	for name, values := range r.Header {
		switch name {
		case "Accept-Encoding", "Connection", "Expect":
			continue
		case "User-Agent":
			if strings.HasPrefix(values[0], "curl/") || strings.HasPrefix(values[0], "asyncctl/") {
				continue
			}
		case "Accept":
			if values[0] == "*/*" {
				continue
			}
		}
		lines = append(lines, fmt.Sprintf("%s: %q", name, values))
	}
	slices.Sort(lines)
	text := fmt.Sprintf("%s %s\n%s\n%d bytes: %s", r.Method, r.URL.RequestURI(), strings.Join(lines, "\n"), r.ContentLength, body)
	if _, boundary, ok := strings.Cut(r.Header.Get("Content-Type"), "boundary="); ok && !strings.Contains(boundary, "WebKit") {
		text = strings.ReplaceAll(text, boundary, "BOUNDARY")
		text = strings.ReplaceAll(text, fmt.Sprintf("%d bytes", r.ContentLength), fmt.Sprintf("%d bytes", int(r.ContentLength)-strings.Count(body, boundary)*len(boundary)))
		text = strings.Replace(text, fmt.Sprintf("Content-Length: [\"%d\"]", r.ContentLength), "", 1)
	}
	return text
}
