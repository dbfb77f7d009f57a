package mockserver_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

var nextLink = regexp.MustCompile(`^<(.*)>; rel="next"$`)

// pages follows the links from a page of operations on, and returns the numbers
// on each page.
func pages(t *testing.T, api *mockserver.Server, query string) (all []string) {
	t.Helper()
	for target := admin + "operations?" + query; target != ""; {
		r := do(t, api.Admin(), "GET", target, "").want(t, 200)
		var list []mockserver.Truth
		if err := json.Unmarshal([]byte(r.text), &list); err != nil {
			t.Fatal(err)
		}
		var numbers []string
		for _, truth := range list {
			numbers = append(numbers, fmt.Sprint(truth.Number))
		}
		all = append(all, strings.Join(numbers, " "))
		target = ""
		if m := nextLink.FindStringSubmatch(r.header.Get("Link")); m != nil {
			target = m[1]
		}
	}
	return all
}

func TestPagesOfOperations(t *testing.T) {
	m := newMock(t, &mockserver.Server{Scenario: mockserver.Scenario{Duration: 10 * s}})
	for i := range 5 {
		m.submit([]string{"", "?asyncctl.outcome=failed&asyncctl.duration=0"}[i%2])
	}
	for query, want := range map[string]string{
		"":                             "1 2 3 4 5",
		"limit=2":                      "1 2|3 4|5",
		"limit=2&order=newest":         "5 4|3 2|1",
		"status=Failed&limit=1":        "2|4|",
		"status=Running&order=newest":  "5 3 1",
		"from=4":                       "4 5",
		"from=99":                      "",
		"from=2&order=newest&limit=10": "2 1",
	} {
		if got := strings.Join(pages(t, m.Server, query), "|"); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	for _, query := range []string{"limit=0", "limit=1001", "limit=x", "from=-1", "order=random"} {
		do(t, m.Admin(), "GET", admin+"operations?"+query, "").wantProblem(t, 400, "")
	}
}

// TestPagesForgetOperations checks that what is swept is on no page.
func TestPagesForgetOperations(t *testing.T) {
	m := newMock(t, &mockserver.Server{MaxOperations: 3000, Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Retention: s}})
	for range 2 {
		for range 3000 {
			m.submit("")
		}
		m.after(2 * s)
	}
	m.submit("")
	if got := strings.Join(pages(t, m.Server, "order=newest"), "|"); got != "6001" {
		t.Errorf("newest first: got %.100s", got)
	}
	if got := strings.Join(pages(t, m.Server, ""), "|"); got != "6001" {
		t.Errorf("oldest first: got %.100s", got)
	}
}

func TestPagesOfRequests(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 4})
	for range 6 {
		m.get("/operations/x")
	}
	for query, want := range map[string]string{
		"": "[3 4 5 6]", "?limit=2": "[5 6]", "?after=4": "[5 6]", "?after=0&limit=2": "[3 4]", "?after=6": "[]", "?after=99": "[]",
	} {
		var list []mockserver.Request
		if err := json.Unmarshal([]byte(do(t, m.Admin(), "GET", admin+"requests"+query, "").want(t, 200).text), &list); err != nil {
			t.Fatal(err)
		}
		numbers := []int64{}
		for _, r := range list {
			numbers = append(numbers, r.Number)
		}
		if fmt.Sprint(numbers) != want {
			t.Errorf("%s: got %v, want %s", query, numbers, want)
		}
	}
	do(t, m.Admin(), "GET", admin+"requests?after=x", "").wantProblem(t, 400, "after is a number")
	do(t, m.Admin(), "GET", admin+"requests?limit=x", "").wantProblem(t, 400, "limit is")
}

func TestAdminSwitchesFaults(t *testing.T) {
	m := newMock(t, &mockserver.Server{Scenario: mockserver.Scenario{Duration: 100 * s}})
	path := m.submit("")
	api := m.Admin()
	do(t, api, "PUT", admin+"faults/status-404", "until=1000s").want(t, 200)
	m.get(path).want(t, 404)
	do(t, api, "PUT", admin+"faults/stuck", "").want(t, 200)
	if on := fmt.Sprint(m.FaultsOn()); !strings.Contains(on, "stuck") || !strings.Contains(on, "status-404") {
		t.Errorf("got %s", on)
	}
	do(t, api, "PUT", admin+"faults/status-404", "until=1s").want(t, 200)
	do(t, api, "DELETE", admin+"faults/status-404", "").want(t, 200)
	m.get(path).want(t, 200)
	if r := do(t, api, "PUT", admin+"faults", `{"on": ["latency:delay=1ms"]}`).want(t, 200); fmt.Sprint(r.json["on"]) != "[latency:delay=1ms]" {
		t.Errorf("got %v", r.json["on"])
	}
	if got := m.FaultCounts(); got["status-404"] != 1 || len(got) != 1 {
		t.Errorf("got the counts %v", got)
	}
	for _, line := range []string{"asyncctl_mock_faults_total{fault=\"status-404\"} 1\n", "asyncctl_mock_polls_total 2\n", "asyncctl_mock_journal_requests 0\n"} {
		if text := do(t, api, "GET", "/metrics", "").text; !strings.Contains(text, "\n"+line) {
			t.Errorf("the metrics do not say %s", line)
		}
	}
	do(t, api, "PUT", admin+"faults/klingon", "").wantProblem(t, 404, "klingon")
	do(t, api, "PUT", admin+"faults/stuck", "p=7").wantProblem(t, 400, "probability")
	do(t, api, "PUT", admin+"faults/location-cross-origin", "").wantProblem(t, 409, "other origin")
	do(t, api, "PUT", admin+"faults", `{"on": ["klingon"]}`).wantProblem(t, 400, "unknown fault")
	do(t, api, "PUT", admin+"faults", `{"off": []}`).wantProblem(t, 400, "send JSON")
	do(t, api, "PUT", admin+"faults", `{"on": []}`).want(t, 200)
	if on := m.FaultsOn(); len(on) != 0 {
		t.Errorf("got %v", on)
	}
}
