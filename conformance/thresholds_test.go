package conformance_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/conformance"
)

const (
	begun   = "== x at=2026-01-02T03:04:05Z\n# slow\n> 0s submit POST http://x/operations\n< 10ms HTTP/1.1 202\n< Location: /operations/7\n< Date: Fri, 02 Jan 2026 03:04:05 GMT\n"
	ended   = "> 4s poll GET http://x/operations/7\n< 4s HTTP/1.1 303\n< Location: /operations/7/result\n"
	pending = "<\n< {\"status\":\"Running\"}\n"
)

// poll is a poll of the operation with the fields and the content of its answer.
func poll(at, role, status, rest string) string {
	return fmt.Sprintf("> %s %s GET http://x/operations/7\n< %s HTTP/1.1 %s\n%s", at, role, at, status, rest)
}

// TestThresholds judges transcripts on either side of each threshold.
func TestThresholds(t *testing.T) {
	submit := func(took, fields string) string {
		return "== x at=2026-01-02T03:04:05Z\n# slow\n> 0s submit POST http://x/operations\n< " + took + " HTTP/1.1 202\n< Location: /operations/7\n< Date: Fri, 02 Jan 2026 03:04:05 GMT\n" + fields
	}
	other := func(probe string) func(string) string {
		return func(took string) string {
			return "# " + probe + "\n> 0s submit POST http://x/operations\n< " + took + " HTTP/1.1 202\n< Location: /operations/" + probe + "\n"
		}
	}
	aside, rapid := other("aside"), other("rapid")
	age := func(age, after string) string {
		rest := "< Age: " + age + "\n"
		if after != "" {
			rest += "< Retry-After: " + after + "\n"
		}
		return begun + poll("1s", "poll", "200", rest+pending) + ended
	}
	again := func(took string) string {
		text := begun + ended
		for i := range 3 {
			text += fmt.Sprintf("> %ds again GET http://x/operations/7\n< %ds%s HTTP/1.1 303\n< Location: /operations/7/result\n", 10*(i+1), 10*(i+1), took)
		}
		return text
	}
	dropped := func(lost, asked int) string {
		text := begun
		for i := range asked - 1 {
			if i < lost {
				text += "> 1s poll GET http://x/operations/7 dropped\n< 1s HTTP/1.1 200\n" + pending
				continue
			}
			text += poll("1s", "poll", "200", pending)
		}
		return text
	}
	hops := func(n int) string {
		text := begun + "> 4s poll GET http://x/operations/7\n< 4s HTTP/1.1 303\n< Location: /r/1\n"
		for i := 1; i < n; i++ {
			text += fmt.Sprintf("> 4s result GET http://x/r/%d\n< 4s HTTP/1.1 302\n< Location: /r/%d\n", i, i+1)
		}
		return text + fmt.Sprintf("> 4s result GET http://x/r/%d\n< 4s HTTP/1.1 200\n<\n< {}\n", n)
	}
	watched := func(until string) string {
		return begun + ended + "# cancel/1\n> 0s submit POST http://x/operations\n< 0s HTTP/1.1 202\n< Location: /operations/8\n" +
			"> 1s immediate GET http://x/operations/8\n< 1s HTTP/1.1 200\n" + pending +
			"> 1s cancel DELETE http://x/operations/8\n< 1s HTTP/1.1 202\n" +
			"> 2s poll GET http://x/operations/8\n< 2s HTTP/1.1 200\n<\n< {\"status\":\"Cancelled\"}\n" +
			"> " + until + " again GET http://x/operations/8\n< " + until + " HTTP/1.1 200\n<\n< {\"status\":\"Cancelled\"}\n"
	}
	percent := func(n string) string {
		return begun + poll("1s", "poll", "200", "<\n< {\"status\":\"Running\",\"percentComplete\":"+n+"}\n") + ended
	}
	for _, tt := range []struct{ rule, name, text, want string }{
		{"accepts-promptly", "just below a second", submit("999ms", ""), "pass"},
		{"accepts-promptly", "a second", submit("1s", ""), "fail"},
		{"accepts-promptly", "half took long, one did not", submit("749ms", "") + aside("1100ms") + rapid("1100ms"), "pass"},
		{"accepts-promptly", "all took long", submit("750ms", "") + aside("1100ms") + rapid("1100ms"), "fail"},
		{"retry-after-sane", "an hour", submit("1ms", "< Retry-After: 3599\n"), "pass"},
		{"retry-after-sane", "more than an hour", submit("1ms", "< Retry-After: 3601\n"), "fail"},
		{"retry-after-sane", "ten minutes", submit("1ms", "< Retry-After: 600\n"), "pass"},
		{"retry-after-sane", "a thousand", submit("1ms", "< Retry-After: 1000\n"), "fail"},
		{"retry-after-sane", "a date that is now", submit("1ms", "< Retry-After: Fri, 02 Jan 2026 03:04:05 GMT\n"), "pass"},
		{"retry-after-sane", "a date a second ago", submit("1ms", "< Retry-After: Fri, 02 Jan 2026 03:04:04 GMT\n"), "fail"},
		{"retry-after-sane", "a date in an hour", submit("1ms", "< Retry-After: Fri, 02 Jan 2026 04:04:05 GMT\n"), "pass"},
		{"retry-after-sane", "a date after an hour", submit("1ms", "< Retry-After: Fri, 02 Jan 2026 04:04:06 GMT\n"), "fail"},
		{"date-header", "five minutes", strings.Replace(submit("1ms", ""), "03:04:05 GMT", "03:09:05 GMT", 1), "pass"},
		{"date-header", "more than five minutes", strings.Replace(submit("1ms", ""), "03:04:05 GMT", "03:09:06 GMT", 1), "warn"},
		{"progress-sane", "0", percent("0"), "pass"},
		{"progress-sane", "below 0", percent("-0.1"), "fail"},
		{"progress-sane", "99", percent("99"), "pass"},
		{"progress-sane", "above 100", percent("100.5"), "fail"},
		{"status-not-from-cache", "a second", age("1", ""), "pass"},
		{"status-not-from-cache", "two seconds", age("2", ""), "fail"},
		{"status-not-from-cache", "as old as the wait", age("5", "5"), "pass"},
		{"status-not-from-cache", "older than the wait", age("6", "5"), "fail"},
		{"status-answers-promptly", "just below two seconds", again("1.999s"), ""},
		{"requests-answered", "two of ten", dropped(2, 10), "pass"},
		{"requests-answered", "three of ten", dropped(3, 10), "fail"},
		{"requests-answered", "three of sixty", dropped(3, 60), "fail"},
		{"requests-answered", "three of sixty-one", dropped(3, 61), "pass"},
		{"redirect-chain-safe", "five hops", hops(5), "pass"},
		{"redirect-chain-safe", "six hops", hops(6), "fail"},
		{"no-success-after-cancel", "watched for long enough", watched("5s"), "pass"},
		{"no-success-after-cancel", "not watched for long enough", watched("4.9s"), "n/a"},
	} {
		if tt.want == "" {
			continue
		}
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
	for took, want := range map[int]conformance.Outcome{1999: conformance.Pass, 2000: conformance.Fail} {
		text := begun + ended
		for i := range 3 {
			text += fmt.Sprintf("> %ds again GET http://x/operations/7\n< %dms HTTP/1.1 303\n< Location: /operations/7/result\n", 10*(i+1), 10000*(i+1)+took)
		}
		rule, _ := conformance.RuleByID("status-answers-promptly")
		c := readCases(t, text)[0]
		if r := judgeOne(&c.evidence, rule); r.Outcome != want {
			t.Errorf("ends told in %d ms: got %s (%s), want %s", took, r.Outcome, r.Reason, want)
		}
	}
}

// TestPollsAreAccusedOnlyIfThreePairsAgree is about the one rule that goes by how long work takes.
func TestPollsAreAccusedOnlyIfThreePairsAgree(t *testing.T) {
	conversation := func(b *strings.Builder, probe string, n int, ran string, rapid bool) {
		status := fmt.Sprintf("http://x/operations/%s-%d", strings.ReplaceAll(probe, "/", "-"), n)
		fmt.Fprintf(b, "# %s\n> 0s submit POST http://x/operations\n< 0s HTTP/1.1 202\n< Location: %s\n", probe, status)
		if rapid {
			for range 6 {
				fmt.Fprintf(b, "> 100ms rapid GET %s\n< 100ms HTTP/1.1 200\n<\n< {\"status\":\"Running\"}\n", status)
			}
		}
		fmt.Fprintf(b, "> %s poll GET %s\n< %s HTTP/1.1 200\n<\n< {\"status\":\"Running\"}\n", ran, status, ran)
		fmt.Fprintf(b, "> %s poll GET %s\n< %s HTTP/1.1 200\n<\n< {\"status\":\"Succeeded\"}\n", ran, status, ran)
	}
	judged := func(rare, often []string) conformance.Result {
		var b strings.Builder
		b.WriteString("== x at=2026-01-02T03:04:05Z\n")
		for i, ran := range rare {
			probe := "slow"
			if i > 0 {
				probe = fmt.Sprintf("rare/%d", i)
			}
			conversation(&b, probe, i, ran, false)
		}
		for i, ran := range often {
			probe := "rapid"
			if i > 0 {
				probe = fmt.Sprintf("rapid/%d", i+1)
			}
			conversation(&b, probe, i, ran, true)
		}
		rule, _ := conformance.RuleByID("polling-safe")
		c := readCases(t, b.String())[0]
		return judgeOne(&c.evidence, rule)
	}
	same := func(ran string) []string { return []string{ran, ran, ran} }
	for _, tt := range []struct {
		name        string
		rare, often []string
		want        conformance.Outcome
	}{
		{"as long", same("4s"), same("4s"), conformance.Pass},
		{"half as long", same("4s"), same("2s"), conformance.Pass},
		{"less than half as long", same("4s"), same("1.9s"), conformance.Fail},
		{"twice as long", same("4s"), same("8s"), conformance.Pass},
		{"more than twice as long", same("4s"), same("8.1s"), conformance.Fail},
		{"less than half, but by less than a second", same("1.9s"), same("920ms"), conformance.Pass},
		{"two pairs", []string{"4s", "4s"}, []string{"1s", "1s"}, conformance.Pass},
		{"one pair does not agree", same("4s"), []string{"1s", "1s", "2.1s"}, conformance.Pass},
		{"the work takes different times anyway", []string{"4s", "6s", "9s"}, same("1s"), conformance.Pass},
	} {
		if r := judged(tt.rare, tt.often); r.Outcome != tt.want {
			t.Errorf("%s: got %s (%s), want %s", tt.name, r.Outcome, r.Reason, tt.want)
		}
	}
}

// Several may judge the same evidence at the same time, and nothing of it is written to.
func TestJudgeIsPure(t *testing.T) {
	c := readCases(t, begun+ended)[0]
	before := jsonText(t, c.evidence.Transcripts)
	var all sync.WaitGroup
	reports := make([]string, 4)
	for i := range reports {
		all.Go(func() {
			r := conformance.Judge(&c.evidence, conformance.Judging{Level: conformance.May, Select: func(r conformance.Rule) bool {
				r.Sources[0], r.Title = "overwritten", "overwritten" // it is a copy
				return true
			}})
			reports[i] = jsonText(t, r.Results)
		})
	}
	all.Wait()
	for _, r := range reports {
		if r != reports[0] {
			t.Error("the same evidence was judged in two ways")
		}
	}
	if after := jsonText(t, c.evidence.Transcripts); after != before || c.evidence.Dialect != "" {
		t.Error("the evidence was written to")
	}
	for _, r := range conformance.Rules() {
		if r.Sources[0] == "overwritten" {
			t.Fatalf("%s: the catalogue was written to", r.ID)
		}
	}
}
