package mockserver_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// found is the ids of the findings.
func found(r mockserver.Report) string {
	var ids []string
	for _, f := range r.Findings {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, " ")
}

// TestGrade has a client for each mistake.
func TestGrade(t *testing.T) {
	tests := []struct {
		name   string
		faults string
		client func(c *caller)
		want   string
	}{
		{"a good client", "", func(c *caller) {
			path := c.begin()
			for c.after(s); c.get(path).code == 200; c.after(s) {
			}
			c.get(path + "/result")
		}, ""},
		{"waits for the end with the submit", "", func(c *caller) {
			c.ask("POST", "/operations?asyncctl.duration=0", "Prefer: wait=1")
			c.after(time.Hour)
		}, ""},
		{"polls once too early", "", func(c *caller) {
			path := c.begin()
			c.get(path)
			c.after(9 * s)
			c.get(path)
			c.get(path + "/result")
		}, "polled-early"},
		{"polls in a tight loop", "", func(c *caller) {
			path := c.begin()
			for c.get(path).code == 200 {
				c.after(200 * ms)
			}
			c.get(path + "/result")
		}, "ignored-retry-after"},
		{"polls in a tight loop when nothing is asked", "retry-after-absent", func(c *caller) {
			path := c.begin()
			for c.get(path).code == 200 {
				c.after(50 * ms)
			}
			c.get(path + "/result")
		}, "busy-polling"},
		{"makes sure", "", func(c *caller) {
			path := c.finished()
			c.get(path)
			c.get(path + "/result")
		}, ""},
		{"makes sure twice", "", func(c *caller) {
			path := c.finished()
			for range 3 {
				c.get(path)
			}
			c.get(path + "/result")
		}, "polled-after-end"},
		{"never stops", "", func(c *caller) {
			path := c.finished()
			for range 9 {
				c.get(path)
				c.after(s)
			}
			c.get(path + "/result")
		}, "never-stopped"},
		{"stops at a 404", "status-404", func(c *caller) {
			path := c.begin()
			c.after(s)
			c.get(path)
			c.after(time.Minute)
		}, "gave-up"},
		{"stops at a 429", "429-storm", func(c *caller) {
			path := c.begin()
			for range 2 {
				c.after(s)
				c.get(path)
			}
			c.after(time.Minute)
		}, "gave-up"},
		{"does not heed the Retry-After of a 429", "429-storm:delay=30s", func(c *caller) {
			path := c.begin()
			for range 5 {
				c.after(s)
				c.get(path)
			}
			c.get(path + "/result")
		}, "ignored-retry-after"},
		{"cancels it", "", func(c *caller) {
			c.ask("DELETE", c.begin())
			c.after(time.Hour)
		}, ""},
		{"does not fetch the result", "", func(c *caller) { c.get(c.finished()) }, "result-not-fetched"},
		{"submits and forgets", "", func(c *caller) {
			c.begin()
			c.after(time.Hour)
		}, "never-polled"},
		{"does not know of the operation", "lost-202", func(c *caller) {
			c.ask("POST", "/operations")
			c.after(time.Hour)
		}, ""},
		{"submits again", "lost-202:nth=1", func(c *caller) {
			c.ask("POST", "/operations")
			path := c.begin()
			c.after(9 * s)
			c.get(path)
			c.get(path + "/result")
		}, "reposted"},
		{"submits again with a key", "lost-202:nth=1", func(c *caller) {
			c.ask("POST", "/operations", "Idempotency-Key: k")
			path := c.begin("Idempotency-Key: k")
			c.after(9 * s)
			c.get(path)
			c.get(path + "/result")
		}, ""},
		{"gives its token away", "location-cross-origin", func(c *caller) {
			path := c.begin("Authorization: Bearer x")
			c.after(9 * s)
			c.get(path, "Authorization: Bearer x")
		}, "credentials-cross-origin"},
		{"believes a stuck operation to the end", "stuck", func(c *caller) {
			c.get(c.finished())
			c.after(time.Hour)
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := called(t, &mockserver.Server{Journal: 10}, strings.Fields(test.faults)...)
			test.client(c)
			r := c.Grade()
			if got := found(r); got != test.want {
				t.Errorf("got findings %q, want %q\n%+v", got, test.want, r.Findings)
			}
			if r.Clean() != (test.want == "") {
				t.Errorf("got clean %v", r.Clean())
			}
		})
	}
}

// polite is a client that does what the pattern asks, in the time of the mock.
// It ends when it knows the end, or has a reason to go no further.
func polite(c *caller) error {
	token := "old"
	send := func(method, path string) (reply, error) {
		var lines []string
		if method == "POST" {
			lines = append(lines, "Idempotency-Key: k")
		}
		if !strings.HasPrefix(path, "http") || strings.HasPrefix(path, c.url+"/") {
			lines = append(lines, "Authorization: Bearer "+token)
		}
		return c.ask(method, path, lines...)
	}
	accepted, err := send("POST", "/operations")
	for range 2 {
		if err == nil {
			break
		}
		accepted, err = send("POST", "/operations")
	}
	base, _ := url.Parse(c.url + "/operations")
	status, parseErr := base.Parse(accepted.header.Get("Location"))
	if err != nil || accepted.header.Get("Location") == "" || parseErr != nil || status.Scheme != "http" {
		return errors.New("there is nothing to poll")
	}
	c.after(wait(accepted))
	for range 10 {
		r, err := send("GET", status.String())
		switch {
		case err != nil, r.code == 404, r.code == 429:
		case r.code == 401:
			token = "new"
		case r.code/100 == 3:
			return follow(c, send, status, r)
		case r.code >= 400:
			return nil
		case strings.Contains(r.text, `"Running"`), strings.Contains(r.text, `"Pending"`):
		default:
			return nil
		}
		c.after(wait(r))
	}
	return errors.New("it takes too long")
}

// wait is how long a polite client waits after an answer.
func wait(r reply) time.Duration {
	value := r.header.Get("Retry-After")
	if n, err := strconv.ParseUint(value, 10, 20); err == nil {
		return max(time.Duration(n)*time.Second, s)
	}
	date, err := http.ParseTime(value)
	sent, _ := http.ParseTime(r.header.Get("Date"))
	if err == nil {
		return max(date.Sub(sent), 0) + s
	}
	return s
}

func follow(c *caller, send func(string, string) (reply, error), status *url.URL, r reply) error {
	for range 5 {
		target, err := status.Parse(r.header.Get("Location"))
		if err != nil || *target == *status {
			return errors.New("it redirects to itself")
		}
		if r.header.Get("Retry-After") != "" {
			c.after(wait(r))
		}
		for range 5 {
			if r, err = send("GET", target.String()); err == nil && r.code != 404 {
				break
			}
			c.after(s)
		}
		if r.code/100 != 3 {
			return err
		}
	}
	return errors.New("it redirects too often")
}

func TestAPoliteClientIsCleanUnderEveryFault(t *testing.T) {
	for _, info := range mockserver.Faults() {
		t.Run(info.Name, func(t *testing.T) {
			text := info.Name
			switch info.Name {
			case "latency", "slow_close", "timeout", "body-stalled":
				text += ":delay=2ms"
			case "bandwidth":
				text += ":bytes=100KiB"
			case "body-gigantic":
				text += ":bytes=2MiB"
			}
			c := called(t, &mockserver.Server{}, text)
			err := polite(c)
			c.settled()
			c.after(time.Minute)
			if r := c.Grade(); len(r.Findings) > 0 {
				t.Errorf("it ended with %v, and the report says %+v", err, r.Findings)
			}
		})
	}
}

func TestReportWriters(t *testing.T) {
	c := called(t, &mockserver.Server{Seed: 4}, "lost-202:nth=1")
	empty := c.Grade()
	c.ask("POST", "/operations")
	c.finished()
	for _, r := range []mockserver.Report{empty, c.Grade()} {
		var text bytes.Buffer
		if err := r.WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		var document struct {
			Schema   string
			Clean    bool
			Seed     uint64 `json:",string"`
			Faults   []string
			Rules    []mockserver.GradeRule
			Findings []mockserver.Finding
		}
		if err := json.Unmarshal(text.Bytes(), &document); err != nil || document.Schema != "asyncctl.grade/1" || document.Clean ||
			document.Seed != 4 || !slices.Equal(document.Faults, []string{"lost-202:nth=1"}) || len(document.Rules) != len(mockserver.GradeRules()) ||
			len(document.Findings) != len(r.Findings) {
			t.Errorf("got %v, %s", err, text.String())
		}
		text.Reset()
		if err := r.WriteJUnit(&text); err != nil {
			t.Fatal(err)
		}
		var suite struct {
			Tests, Failures, Errors int
			Cases                   []struct{} `xml:"testcase"`
		}
		var attrs struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
		}
		if xml.Unmarshal(text.Bytes(), &suite) != nil || xml.Unmarshal(text.Bytes(), &attrs) != nil ||
			attrs.Tests != len(suite.Cases) || attrs.Failures != len(r.Findings) || (attrs.Errors == 1) != (r.Operations == 0) {
			t.Errorf("got %+v: %s", attrs, text.String())
		}
		text.Reset()
		if err := r.WriteMarkdown(&text); err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if !strings.Contains(text.String(), "## "+f.ID) || !strings.Contains(text.String(), f.Evidence[0]) {
				t.Errorf("%s is not in\n%s", f.ID, text.String())
			}
		}
		if r.Operations == 0 != strings.Contains(text.String(), "nothing to judge") {
			t.Errorf("got\n%s", text.String())
		}
		if err := r.WriteJUnit(fullDisk{}); err == nil {
			t.Error("a write that failed is no error")
		}
	}
	clean := called(t, &mockserver.Server{})
	clean.get(clean.finished() + "/result")
	var text bytes.Buffer
	clean.Grade().WriteMarkdown(&text)
	if !strings.Contains(text.String(), fmt.Sprintf("all %d rules", len(mockserver.GradeRules()))) {
		t.Errorf("got %s", text.String())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
