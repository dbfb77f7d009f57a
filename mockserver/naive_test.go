package mockserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// A naive client is what people write around curl in ten lines. Without faults
// the report has nothing to say of any of them.
type naive struct {
	ends     bool          // at the first answer that it did not expect; else it asks again
	patience time.Duration // for each request, as curl -m; 0 is without end
	pause    time.Duration // where it understands no other
	joins    bool          // it writes the Location behind the host
	whole    bool          // it understands whole seconds only
	dates    bool          // ... and dates, by its own clock
	hops     int           // redirects that it follows; 10 at least
	only303  bool          // no other redirect is one
	strict   bool          // it ends where the progress does not grow
	leaves   bool          // it cancels the operation after the first poll, and goes
}

// naives have the faults that show their mistake, and what the report calls it.
var naives = map[string]struct {
	naive
	exposed map[string]string // by fault
}{
	"a loop that asks again at once": {naive{}, map[string]string{
		"timeout": "reposted", "reset_peer": "reposted", "lost-202": "reposted", "limit_data": "ignored-retry-after",
		"location-cross-origin": "credentials-cross-origin", "result-cross-origin": "credentials-cross-origin",
		"status-404": "busy-polling", "error-200": "busy-polling", "401-expiry": "busy-polling", "body-mistyped": "busy-polling",
		"retry-after-absent": "busy-polling", "retry-after-zero": "busy-polling", "retry-after-past": "busy-polling",
		"retry-after-negative": "busy-polling", "retry-after-garbage": "busy-polling",
		"retry-after-short": "ignored-retry-after", "429-storm": "polled-early", "redirect-loop": "busy-polling",
		"redirect-retry-after": "never-stopped", "result-not-ready": "never-stopped", "result-gone": "never-stopped",
		"body-truncated": "ignored-retry-after",
	}},
	"a loop that knows no dates":                {naive{pause: 500 * ms}, map[string]string{"retry-after-date": "ignored-retry-after"}},
	"a script with set -e":                      {naive{ends: true, pause: s}, map[string]string{"429-storm": "gave-up", "status-404": "gave-up", "status:on=poll": "gave-up", "body-truncated": "gave-up", "body-stalled": "gave-up"}},
	"a loop with a time limit of half a second": {naive{patience: 500 * ms}, map[string]string{"latency": "never-polled", "bandwidth:bytes=100": "never-stopped", "slicer:bytes=1,delay=10ms": "never-stopped", "body-stalled": "ignored-retry-after"}},
	"a loop that joins texts":                   {naive{joins: true, pause: s}, map[string]string{"location-absolute": "never-polled", "location-relative": "never-polled"}},
	"$((seconds))":                              {naive{whole: true}, map[string]string{"retry-after-fraction": "busy-polling", "retry-after-huge": "busy-polling"}},
	"a clock of its own":                        {naive{dates: true}, map[string]string{"date-skew:delay=-2h": "ignored-retry-after"}},
	"curl -L --max-redirs -1":                   {naive{hops: 1000, pause: s}, map[string]string{"location-loop": "followed-loop"}},
	"an if for 303":                             {naive{only303: true, pause: s}, map[string]string{"completion-302": "result-not-fetched"}},
	"an assertion that progress grows":          {naive{strict: true, pause: s}, map[string]string{"progress-backwards": "gave-up", "status-flapping": "gave-up"}},
	"cancel and exit":                           {naive{leaves: true, pause: s}, map[string]string{"cancel-ignored": "gave-up"}},
}

// unjudged are the faults that no request tells a mistake of, and why.
var unjudged = map[string]string{
	"slow_close":         "who waits for the end of the connection sends nothing meanwhile",
	"no-status-url":      "there is nothing to poll: what is made of that stays with the client",
	"location-not-http":  "whoever opens it does not ask the mock",
	"duplicate-job":      "the second job is the server's doing",
	"terminal-reverts":   "it affects only who asks after the end, which is polled-after-end without it",
	"stuck":              "nobody can tell a client that waits for ever from one with a time limit",
	"escape-message":     "it harms the terminal of the client",
	"cancel-race":        "the end is the same for all",
	"cancel-overwritten": "the end is the same for all",
	"completion-301":     "a redirect that is not 302 or 303 may be refused",
	"completion-303":     "it is what the pattern asks for",
	"completion-307":     "a redirect that is not 302 or 303 may be refused",
	"completion-308":     "a redirect that is not 302 or 303 may be refused",
	"redirect-chain":     "a client may bound the redirects that it follows",
	"body-gigantic":      "a client may refuse it, and nobody sees that it has run out of memory",
}

// A run is one naive client at work.
type run struct {
	naive
	ctx    context.Context
	mock   *mockserver.Live
	client *http.Client
}

func (n naive) run(ctx context.Context, mock *mockserver.Live) {
	r := run{naive: n, ctx: ctx, mock: mock}
	r.client = &http.Client{Transport: mock.Client().Transport, Timeout: n.patience, CheckRedirect: r.redirect}
	location, ok := r.submit()
	if !ok {
		return
	}
	percent := 0
	for range 60 { // a person would press Ctrl-C at last
		code, header, text, err := r.ask("GET", location)
		_, told, _ := strings.Cut(text, `"percentComplete":`)
		now, _ := strconv.Atoi(strings.TrimRight(told, "}\n"))
		switch {
		case err != nil || code >= 400:
			if r.ends || ctx.Err() != nil {
				return
			}
			time.Sleep(r.pause)
			continue
		case strings.Contains(text, `"request"`), strings.Contains(text, `"Succeeded"`), strings.Contains(text, `"Failed"`):
			return
		case r.strict && (now < percent || strings.Contains(text, `"Pending"`)):
			return
		}
		percent = now
		if r.leaves {
			r.ask("DELETE", location)
			return
		}
		r.sleep(header)
	}
}

// submit returns where to poll.
func (r run) submit() (string, bool) {
	var location string
	for tries := 0; ; tries++ {
		_, header, _, err := r.ask("POST", r.mock.URL+"/operations")
		location = header.Get("Location")
		if err == nil || location != "" { // curl -i shows the head, whatever becomes of the body
			r.sleep(header)
			break
		}
		if r.ends || tries == 2 {
			return "", false
		}
	}
	if r.joins {
		return r.mock.URL + location, true
	}
	base, _ := url.Parse(r.mock.URL + "/operations")
	target, err := base.Parse(location)
	return fmt.Sprint(target), err == nil
}

// redirect is curl --location-trusted: what is sent once is sent to everybody.
func (r run) redirect(next *http.Request, via []*http.Request) error {
	next.Header.Set("Authorization", "Bearer secret")
	if len(via) > max(r.hops, 10) {
		return errors.New("too many redirects")
	}
	if r.only303 && next.Response.StatusCode != http.StatusSeeOther {
		return http.ErrUseLastResponse
	}
	return nil
}

func (r run) ask(method, target string) (int, http.Header, string, error) {
	request, err := http.NewRequestWithContext(r.ctx, method, target, nil)
	if err != nil {
		return 0, nil, "", err
	}
	request.Header.Set("Authorization", "Bearer secret")
	answer, err := r.client.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	return answer.StatusCode, answer.Header, string(text), err
}

// sleep waits as long as it understands.
func (r run) sleep(header http.Header) {
	value := header.Get("Retry-After")
	seconds, err := strconv.ParseFloat(value, 64)
	if r.whole {
		var n int
		n, err = strconv.Atoi(value)
		seconds = float64(n)
	}
	wait := time.Duration(min(max(seconds, 0), 1e9) * float64(time.Second))
	if date, dateErr := http.ParseTime(value); r.dates && dateErr == nil {
		wait, err = time.Until(date), nil
	}
	if err != nil || wait <= 0 {
		wait = r.pause
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.ctx.Done():
	}
}

// graded lets a naive client at a mock with a fault, and returns what the report
// says after some hours.
func graded(t *testing.T, n naive, fault string) (ids []string) {
	synctest.Test(t, func(t *testing.T) {
		server := &mockserver.Server{Seed: 7, Scenario: mockserver.Scenario{Duration: 20 * s}}
		if n.dates {
			server.Scenario.RetryAfter = mockserver.RetryAfter{Form: mockserver.RetryDate, Delay: 2 * s}
		}
		if fault != "" {
			f, err := mockserver.ParseFault(fault)
			if err != nil {
				t.Fatal(err)
			}
			server.Faults = []mockserver.Fault{f}
		}
		mock := mockserver.NewInMemory(t, server)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Hour)
		defer cancel()
		n.run(ctx, mock)
		time.Sleep(time.Hour)
		for _, f := range mock.Grade().Findings {
			ids = append(ids, f.ID)
		}
	})
	return ids
}

// TestNaiveClients lets each fault expose a mistake that nothing shows without it.
func TestNaiveClients(t *testing.T) {
	exposed := map[string]bool{}
	for name, n := range naives {
		t.Run(name, func(t *testing.T) {
			if ids := graded(t, n.naive, ""); len(ids) > 0 {
				t.Errorf("without faults the report says %v", ids)
			}
			for fault, want := range n.exposed {
				bare, _, _ := strings.Cut(fault, ":")
				exposed[bare] = true
				if ids := graded(t, n.naive, fault); !slices.Contains(ids, want) {
					t.Errorf("%s: got %v, want %s", fault, ids, want)
				}
			}
		})
	}
	for _, info := range mockserver.Faults() {
		switch why := unjudged[info.Name]; {
		case why == "" && !exposed[info.Name]:
			t.Errorf("%s exposes no naive client", info.Name)
		case why != "" && exposed[info.Name]:
			t.Errorf("%s does expose a client, so it is not unjudged", info.Name)
		}
	}
}
