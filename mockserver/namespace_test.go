package mockserver_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

// TestQueryBelongsToTheAPI submits with words that the mock knows, and with ones
// that it does not: all of them are for the API under test.
func TestQueryBelongsToTheAPI(t *testing.T) {
	for _, info := range mockserver.Dialects() {
		if info.OtherOrigin {
			continue
		}
		m := newMock(t, &mockserver.Server{Dialect: info.Name, Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}})
		join := "?"
		for _, c := range info.Path {
			if c == '?' {
				join = "&"
			}
		}
		for _, query := range []string{"year=2026", "location=westeurope", "progress=true", "queue=high", "duration=120", "result=json", "outcome=failed", "%zz"} {
			r := m.do(info.Method, info.Path+join+query, info.Body, info.Header...)
			if r.code >= 400 {
				t.Errorf("%s: %s: got %d %s", info.Name, query, r.code, r.text)
			}
			if query == "outcome=failed" {
				for _, op := range m.Operations() {
					if op.Status == mockserver.Failed {
						t.Errorf("%s: %s was taken over", info.Name, query)
					}
				}
			}
		}
	}
}

// TestControlWords are in one namespace, and decide there.
func TestControlWords(t *testing.T) {
	m := newMock(t, &mockserver.Server{})
	for _, test := range []struct {
		target, header string
		code           int
	}{
		{"/x?asyncctl.outcome=failed&asyncctl.duration=0", "", 422},
		{"/x?outcome=failed", "Asyncctl-Scenario: duration=0", 303},
		{"/x?asyncctl.outcome=succeeded", "Asyncctl-Scenario: duration=0&outcome=failed", 303},
	} {
		var lines []string
		if test.header != "" {
			lines = append(lines, test.header)
		}
		m.get(m.do("POST", test.target, "", lines...).header.Get("Location")).want(t, test.code)
	}
	m.do("POST", "/x?asyncctl.lasts=3s", "").wantProblem(t, 400, "unknown parameter")
}
