package mockserver_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the exchanges of the dialects anew, to be read against their sources")

// TestDialectsOnTheWire has each dialect answer the script of its golden file. A
// file begins with what the source says; its script is made of requests,
//
//	# what the source says of the next request
//	set outcome=failed
//	+2s
//	POST /widgets
//	Prefer: respond-async
//	= the content
//
// in which {1} is the id of the first operation; its wire is what was said.
func TestDialectsOnTheWire(t *testing.T) {
	for _, info := range mockserver.Dialects() {
		t.Run(info.Name, func(t *testing.T) {
			path := filepath.Join("testdata", "dialects", info.Name+".txtar")
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(archive.Comment), "Source: ") || len(archive.Files) == 0 || archive.Files[0].Name != "script" {
				t.Fatalf("%s: it has a comment with its Source, a script, and a wire", path)
			}
			wire := newWireTest(t, info.Name).play(string(archive.Files[0].Data))
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "wire", Data: []byte(wire)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got := string(archive.Files[1].Data); got != wire {
				t.Errorf("%s: the wire is another:\n%s", path, firstDifference(got, wire))
			}
		})
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return "line " + strconv.Itoa(i+1) + ": want " + a[i] + "\n got " + strings.Join(b[min(i, len(b)):min(i+1, len(b))], "")
		}
	}
	return "it is longer"
}

// A wireTest plays a script.
type wireTest struct {
	*mock
	scenario string
	out      strings.Builder
}

func newWireTest(t *testing.T, dialect string) *wireTest {
	server := &mockserver.Server{Dialect: dialect, Seed: 1, Stranger: "http://other.test", MaxWait: -1}
	return &wireTest{mock: newMock(t, server), scenario: "duration=2s"}
}

func (w *wireTest) play(script string) string {
	lines := strings.Split(strings.TrimSpace(script), "\n")
	for i := 0; i < len(lines); {
		line := w.fill(lines[i])
		i++
		switch {
		case line == "":
		case line[0] == '#':
			w.out.WriteString(line + "\n")
		case line[0] == '+':
			d, err := time.ParseDuration(line[1:])
			if err != nil {
				w.t.Fatal(err)
			}
			w.after(d)
		case strings.HasPrefix(line, "set "):
			if w.scenario = strings.TrimPrefix(line, "set "); !strings.Contains("&"+w.scenario, "&duration=") {
				w.scenario += "&duration=2s"
			}
		default:
			var header, content []string
			for ; i < len(lines) && lines[i] != "" && lines[i][0] != '#' && lines[i][0] != '+'; i++ {
				if text, ok := strings.CutPrefix(lines[i], "= "); ok {
					content = append(content, text)
					continue
				}
				if !strings.Contains(lines[i], ": ") {
					break
				}
				header = append(header, w.fill(lines[i]))
			}
			w.ask(line, header, w.fill(strings.Join(content, "\n")))
		}
	}
	return w.out.String()
}

// fill puts ids in the place of {1} and the like.
func (w *wireTest) fill(text string) string {
	for i, op := range w.Operations() {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i+1)+"}", op.ID)
	}
	if strings.Contains(text, "{1}") || strings.Contains(text, "{2}") || strings.Contains(text, "{3}") || strings.Contains(text, "{4}") || strings.Contains(text, "{5}") {
		w.t.Fatalf("there are only %d operations for %s", len(w.Operations()), text)
	}
	return text
}

func (w *wireTest) ask(line string, header []string, content string) {
	method, target, _ := strings.Cut(line, " ")
	request := httptest.NewRequest(method, target, strings.NewReader(content))
	if content == "" {
		request.Body = http.NoBody
	}
	w.out.WriteString("> " + line + "\n")
	for _, field := range header {
		name, value, _ := strings.Cut(field, ": ")
		request.Header.Add(name, value)
		w.out.WriteString("> " + field + "\n")
	}
	if content != "" {
		w.out.WriteString(">\n> " + content + "\n")
	}
	request.Header.Set(mockserver.ScenarioHeader, w.scenario)
	recorder, handler := httptest.NewRecorder(), http.Handler(w.Server)
	if request.Host == "other.test" {
		handler = w.StrangerHandler()
	}
	handler.ServeHTTP(recorder, request)
	w.answer(recorder)
	w.after(100 * time.Millisecond) // operations are told apart by the time they were accepted
}

func (w *wireTest) answer(r *httptest.ResponseRecorder) {
	w.out.WriteString("< " + strconv.Itoa(r.Code) + "\n")
	var names []string
	for name := range r.Header() {
		if name != "Date" && name != "Cache-Control" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		w.out.WriteString("< " + name + ": " + strings.Join(r.Header()[name], " | ") + "\n")
	}
	if body := strings.TrimSuffix(strings.ReplaceAll(r.Body.String(), "\r\n", "\n"), "\n"); body != "" {
		w.out.WriteString("<\n< " + strings.ReplaceAll(body, "\n", "\n< ") + "\n")
	}
	w.out.WriteString("\n")
}
