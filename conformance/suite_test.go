package conformance_test

import (
	"testing"
	"testing/synctest"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// run judges a mock in memory, where waiting takes no time.
func run(t *testing.T, s *mockserver.Server, suite conformance.Suite, change func(*conformance.Target)) *conformance.Report {
	t.Helper()
	mock := mockserver.NewInMemory(t, s)
	suite.Transport = mock.Client().Transport
	suite.Foreign = suite.Transport
	target := conformance.Target{Slow: &conformance.Submit{URL: mock.URL + "/operations", Body: []byte(`{}`)}}
	if change != nil {
		change(&target)
	}
	return suite.Run(t.Context(), target)
}

func TestFaultlessMockPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report := run(t, nil, conformance.Suite{Level: conformance.May}, nil)
		if report.Broken != "" || report.Executed() == 0 {
			t.Errorf("broken %q, %d checks came to a verdict", report.Broken, report.Executed())
		}
		for _, r := range report.Results {
			if r.Outcome != conformance.Pass && r.Outcome != conformance.NotApplicable && r.Outcome != conformance.Skip {
				t.Errorf("%s: %s: %s", r.ID, r.Outcome, r.Reason)
			}
		}
	})
}

func TestFaultIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault, err := mockserver.ParseFault("retry-after-fraction")
		if err != nil {
			t.Fatal(err)
		}
		report := run(t, &mockserver.Server{Faults: []mockserver.Fault{fault}}, conformance.Suite{}, nil)
		for _, r := range report.Results {
			if r.ID == "retry-after-syntax" && (r.Outcome != conformance.Fail || len(r.Findings) == 0) {
				t.Errorf("got %s with %+v", r.Outcome, r.Findings)
			}
		}
	})
}
