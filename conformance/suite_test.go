package conformance_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// run judges a mock in memory, where waiting takes no time.
func run(t *testing.T, s *mockserver.Server, suite conformance.Suite, change func(*conformance.Target)) *conformance.Report {
	t.Helper()
	mock := mockserver.NewInMemory(t, s)
	suite.Transport = mock.Client().Transport
	suite.Foreign = suite.Transport
	target := full(mock.URL)
	if change != nil {
		change(&target)
	}
	return suite.Run(t.Context(), target)
}

// full is a mock with everything that a target can offer.
func full(url string) conformance.Target {
	return conformance.Target{
		Slow:      &conformance.Submit{URL: url + "/operations?duration=4s&retention=20s", Body: []byte(`{"report":7}`)},
		Fast:      &conformance.Submit{URL: url + "/operations?duration=4s&retention=20s", Body: []byte(`{"report":8}`)},
		Fail:      &conformance.Submit{URL: url + "/operations?outcome=failed"},
		Invalid:   &conformance.Submit{URL: url + "/operations?outcome=misspelt"},
		Keys:      conformance.Supported,
		Cancel:    conformance.Supported,
		Retention: 20 * time.Second, Burst: true, Wait: true,
	}
}

func TestFaultlessMockPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report := run(t, nil, conformance.Suite{Level: conformance.May}, nil)
		if report.Broken != "" || report.Executed() == 0 {
			t.Errorf("broken %q, %d checks came to a verdict", report.Broken, report.Executed())
		}
		for _, r := range report.Results {
			t.Logf("%s: %s: %s", r.ID, r.Outcome, r.Reason)
			if r.Outcome != conformance.Pass && r.Outcome != conformance.NotApplicable && r.Outcome != conformance.Skip {
				t.Errorf("%s: %s: %s %+v", r.ID, r.Outcome, r.Reason, r.Findings)
			}
		}
	})
}
