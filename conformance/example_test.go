package conformance_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

func ExampleSuite() {
	api := httptest.NewServer(&mockserver.Server{})
	defer api.Close()

	report := conformance.Suite{
		Level:  conformance.Should,
		Select: func(r conformance.Rule) bool { return r.ID == "submit-202" || r.ID == "status-url-present" },
	}.Run(context.Background(), conformance.Target{
		Slow: &conformance.Submit{URL: api.URL + "/operations", Body: []byte(`{"year":2026}`)},
	})
	for _, r := range report.Results {
		if r.Outcome != conformance.Skip {
			fmt.Println(r.Outcome, r.ID)
		}
	}
	// Output:
	// pass submit-202
	// pass status-url-present
}

// What a run would ask can be read beforehand.
func ExampleSuite_Plan() {
	plan := conformance.Suite{
		Limits: conformance.Limits{Methods: []string{"GET", "POST"}},
		Select: func(r conformance.Rule) bool { return r.ID == "unknown-id-404" || r.ID == "head-no-content" },
	}.Plan(conformance.Target{Slow: &conformance.Submit{URL: "https://api.example.com/reports"}})
	for _, talk := range plan.Talks {
		fmt.Println(talk.Probe, talk.Requests)
	}
	fmt.Println(plan.Lost)
	// Output:
	// slow [POST slow]
	// aside [POST slow]
	// unknown [GET a status URL that was never handed out, at most x2]
	// [{head-no-content HEAD}]
}

// Evidence that was recorded is judged without a network.
func ExampleJudge() {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	evidence := &conformance.Evidence{Transcripts: []conformance.Transcript{{
		Probe: conformance.ProbeSlow,
		Exchanges: []conformance.Exchange{{
			Role:    conformance.RoleSubmit,
			Request: conformance.Request{Method: "POST", URL: "https://api.example.com/reports"},
			Response: conformance.Response{Status: 202, Header: conformance.Fields{
				{Name: "Location", Value: "/status/7"}, {Name: "Retry-After", Value: "1.5"},
			}},
			Sent: at, Answered: at,
		}},
	}}}
	report := conformance.Judge(evidence, conformance.Judging{
		Select: func(r conformance.Rule) bool { return r.ID == "retry-after-syntax" },
	})
	for _, r := range report.Results {
		if r.Outcome == conformance.Fail {
			fmt.Printf("%s: %s\n", r.ID, r.Reason)
		}
	}
	// Output: retry-after-syntax: Retry-After is neither whole seconds nor an HTTP date: "1.5"
}

func ExampleRuleByID() {
	rule, _ := conformance.RuleByID("S11")
	fmt.Println(rule.Level, rule.Basis, rule.Title)
	// Output: must rfc Retry-After is a whole number of seconds or an HTTP date, in one line
}
