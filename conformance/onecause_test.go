package conformance_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// TestOneCauseIsAccusedOnce judges transcripts in which what looks like a violation is none, or is the
// consequence of one that another rule finds; and, beside each, one in which it is a violation.
func TestOneCauseIsAccusedOnce(t *testing.T) {
	const running, failed = "<\n< {\"status\":\"Running\"}\n", "<\n< {\"status\":\"Failed\",\"error\":{\"code\":\"x\",\"message\":\"y\"}}\n"
	accepted := func(fields, body string) string {
		return "== x at=2026-01-02T03:04:05Z cancel=yes keys=yes\n# slow\n> 0s submit POST http://x/operations\n< 10ms HTTP/1.1 202\n" + fields + body
	}
	at := func(location string) string { return accepted("< Location: "+location+"\n", "") }
	never := at("/operations/undefined") + poll("1s", "immediate", "404", "") + poll("2s", "poll", "404", "") + poll("9s", "poll", "404", "")
	failing := func(status, after string) string {
		return begun + ended + "# fail\n> 0s submit POST http://x/operations\n< 10ms HTTP/1.1 303\n< Location: /operations/8\n" +
			"> 1s hop GET http://x/operations/8\n< 1s HTTP/1.1 " + status + "\n" + failed +
			"> 2s again GET http://x/operations/8\n< 2s HTTP/1.1 " + after + "\n" + failed
	}
	reason := func(member string) string {
		return begun + ended + "# fail\n> 0s submit POST http://x/operations\n< 10ms HTTP/1.1 202\n< Location: /operations/8\n" +
			"> 1s poll GET http://x/operations/8\n< 1s HTTP/1.1 200\n<\n< {\"status\":\"Failed\"," + member + "}\n"
	}
	cancelled := func(answer, until string) string {
		return strings.Replace(begun, "== x", "== x cancel=yes", 1) + poll("3s", "poll", "200", running) + ended + "# cancel/1 (budget)\n> 0s submit POST http://x/operations\n< 0s HTTP/1.1 202\n< Location: /operations/8\n" +
			"> 1s cancel DELETE http://x/operations/8\n< 1s HTTP/1.1 " + answer +
			"> " + until + " poll GET http://x/operations/8\n< " + until + " HTTP/1.1 200\n" + running
	}
	throttled := func(other string) string {
		return begun + poll("1s", "poll", "429", "< Retry-After: 1\n") + poll("2s", "poll", "200", "< Retry-After: 1\n"+running) + ended + other
	}
	asked := func(method string) string {
		text := begun + poll("1s", "immediate", "200", running) + "> 2s head HEAD http://x/operations/7\n< 2s HTTP/1.1 404\n" + poll("3s", "after-head", "200", running)
		return strings.ReplaceAll(text, "GET ", method+" ")
	}
	bare := func(query string) string {
		return begun + ended + "# auth\n> 1s bare GET http://x/operations/7" + query + "\n< 1s HTTP/1.1 200\n" + running
	}
	times := func(created, updated string) string {
		return begun + poll("1s", "poll", "200", "< Date: Fri, 02 Jan 2026 03:04:06 GMT\n<\n< {\"status\":\"Running\",\"createdAt\":\"2026-01-02T"+created+"Z\",\"lastUpdatedAt\":\"2026-01-02T"+updated+"Z\"}\n") + ended
	}
	fetched := func(status string) string {
		return "> 5s result GET http://x/operations/7/result\n< 5s HTTP/1.1 " + status + "\n<\n< {\"rows\":3}\n"
	}
	for _, tt := range []struct{ rule, name, text, want string }{
		{"status-url-resolves", "no URL at all", at("http:/operations/7"), "n/a"},
		{"status-url-resolves", "a user name", at("http://u:p@x/operations/7"), "n/a"},
		{"status-url-resolves", "nothing there", never, "fail"},
		{"reaches-terminal", "nothing there", never, "n/a"},
		{"status-immediately-readable", "nothing there", never, "n/a"},
		{"status-immediately-readable", "nothing at first", begun + poll("1s", "immediate", "404", "") + poll("2s", "poll", "200", running) + ended, "warn"},
		{"status-immediately-readable", "nothing at the first polite poll", begun + poll("1s", "immediate", "404", "") + poll("2s", "poll", "404", "") + poll("3s", "poll", "200", running) + ended, "fail"},
		{"reaches-terminal", "it vanishes", begun + poll("1s", "poll", "200", running) + poll("2s", "poll", "410", ""), "fail"},
		{"reaches-terminal", "the redirect is no URL", begun + poll("1s", "poll", "200", running) + poll("4s", "poll", "303", "< Location: ftp://x/r\n"), "n/a"},
		{"status-url-same-origin", "nobody answers there", at("http://y/operations/7") + "> 1s immediate GET http://y/operations/7\n! 1s connection refused\n", "n/a"},
		{"status-url-same-origin", "refused there", at("http://y/operations/7") + "> 1s immediate GET http://y/operations/7\n< 1s HTTP/1.1 401\n", "fail"},
		{"accepted-body-describes-status", "XML", accepted("< Location: /operations/7\n< Content-Type: application/xml\n", "<\n< <job/>\n"), "n/a"},
		{"accepted-body-describes-status", "words", accepted("< Location: /operations/7\n< Content-Type: text/plain\n", "<\n< thanks\n"), "warn"},
		{"accepted-body-describes-status", "deep", accepted("< Location: /operations/7\n", "<\n< {\"data\":{\"job\":{\"status\":\"queued\"}}}\n"), "pass"},
		{"accepted-body-describes-status", "over, and it is", accepted("< Location: /operations/7\n", "<\n< {\"status\":\"Succeeded\"}\n") + ended, "pass"},
		{"accepted-body-describes-status", "over, and it goes on", accepted("< Location: /operations/7\n", "<\n< {\"status\":\"Succeeded\"}\n") + poll("1s", "poll", "200", running) + ended, "fail"},
		{"progress-sane", "changed when it was created", times("03:04:05", "03:04:00"), "pass"},
		{"progress-sane", "changed before it was created", times("03:04:05", "03:03:59"), "fail"},
		{"progress-sane", "a Date that is late", strings.Replace(times("03:04:05", "03:04:05"), "< Date: Fri, 02 Jan 2026 03:04:06", "< Date: Fri, 02 Jan 2026 02:04:06", 1), "pass"},
		{"progress-sane", "created in the future", times("03:05:05", "03:05:05"), "fail"},
		{"head-no-content", "polled by GET", asked("GET"), "fail"},
		{"head-no-content", "polled by POST", asked("POST"), "n/a"},
		{"explicit-cache-control", "polled by GET", asked("GET"), "fail"},
		{"explicit-cache-control", "polled by POST", asked("POST"), "n/a"},
		{"auth-enforced", "a signed status URL", bare("?sig=0123456789abcdef0123456789abcdef"), "pass"},
		{"auth-enforced", "a status URL with a version", bare("?api-version=2026-01-01"), "fail"},
		{"failure-structured", "the status is a word", strings.Replace(reason("x"), "{\"status\":\"Failed\",x}", "Failed", 1), "n/a"},
		{"state-recognisable", "deep", begun + poll("1s", "poll", "200", "< Retry-After: 1\n<\n< {\"data\":{\"job\":{\"status\":\"queued\"}}}\n") + ended, "warn"},
		{"state-recognisable", "deep, and no known word", begun + poll("1s", "poll", "200", "< Retry-After: 1\n<\n< {\"data\":{\"job\":{\"status\":\"7\"}}}\n") + ended, "fail"},
		{"failure-persistent", "told behind the redirect of the submit", failing("200", "200"), "pass"},
		{"failure-persistent", "told with another status", failing("200", "422"), "fail"},
		{"failure-structured", "words alone", reason(`"failedReason":"no such year"`), "warn"},
		{"failure-structured", "no reason", reason(`"failedReason":""`), "fail"},
		{"cancel-accepted", "the credentials lack the scope", cancelled("403\n< WWW-Authenticate: Bearer error=\"insufficient_scope\"\n", "2s"), "n/a"},
		{"cancel-accepted", "forbidden", cancelled("403\n", "2s"), "fail"},
		{"cancelled-visible", "still running when work of its kind may be", cancelled("202\n", "10900ms"), "inconclusive"},
		{"cancelled-visible", "still running long after", cancelled("202\n", "11s"), "fail"},
		{"retry-after-while-pending", "polls are throttled", throttled(""), "fail"},
		{"retry-after-while-pending", "everything is throttled", throttled("# invalid\n> 1s submit POST http://x/operations\n< 1s HTTP/1.1 429\n"), "pass"},
		{"redirect-target-ok", "throttled at first", begun + ended + fetched("429") + fetched("200"), "pass"},
		{"redirect-target-ok", "throttled each time", begun + ended + fetched("429"), "n/a"},
		{"redirect-target-ok", "refused", begun + ended + fetched("400"), "fail"},
		{"pending-200", "an HTML page", begun + poll("1s", "poll", "200", "<\n< <html>Working</html>\n") + ended, "warn"},
		{"idempotent-replay", "all operations have one URL", never + "# idempotency/1\n" +
			"> 0s submit POST http://x/operations\n> Idempotency-Key: a\n< 0s HTTP/1.1 202\n< Location: /operations/undefined\n" +
			"> 0s submit POST http://x/operations\n> Idempotency-Key: a\n< 0s HTTP/1.1 202\n< Location: /operations/undefined\n" +
			"> 0s submit POST http://x/operations\n> Idempotency-Key: b\n< 0s HTTP/1.1 202\n< Location: /operations/undefined\n", "n/a"},
	} {
		t.Run(tt.rule+"/"+tt.name, func(t *testing.T) {
			rule, ok := conformance.RuleByID(tt.rule)
			if !ok {
				t.Fatal("there is no such rule")
			}
			c := readCases(t, tt.text)[0]
			if r := judgeOne(&c.evidence, rule); string(r.Outcome) != tt.want {
				t.Errorf("got %s (%s), want %s", r.Outcome, r.Reason, tt.want)
			}
		})
	}
}

// TestServerThatCountsAllRequests judges a server that takes three requests a second, and five at once, of a
// client, whatever they are: the run gets slower, and finds nothing.
func TestServerThatCountsAllRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		tokens, last, refusals := 5.0, time.Now(), 0
		admitted := func() bool {
			mu.Lock()
			defer mu.Unlock()
			tokens = min(5, tokens+3*time.Since(last).Seconds())
			last = time.Now()
			if tokens < 1 {
				refusals++
				return false
			}
			tokens--
			return true
		}
		c := counted{admitted: admitted}
		report := c.run(t, conformance.Suite{})
		if found := findings(report); len(found) > 0 || report.Broken != "" || report.Executed() < 45 {
			t.Errorf("%q, broken %q, %d rules came to a verdict", found, report.Broken, report.Executed())
		}
		if refusals == 0 || refusals > 60 {
			t.Errorf("%d requests were refused", refusals)
		}
	})
}
