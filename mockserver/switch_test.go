package mockserver_test

import (
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestSetFaults(t *testing.T) {
	m := newMock(t, &mockserver.Server{Seed: 1, Scenario: mockserver.Scenario{Duration: 100 * s}})
	path := m.submit("")
	m.get(path).want(t, 200)
	if err := m.SetFaults([]mockserver.Fault{{Name: "status-404", Until: 1000 * s}}); err != nil {
		t.Fatal(err)
	}
	m.get(path).want(t, 404)
	if on := m.FaultsOn(); len(on) != 1 || on[0].String() != "status-404:until=16m40s" {
		t.Errorf("got %v", on)
	}
	if got := m.Grade().Faults; len(got) != 1 {
		t.Errorf("the report knows of %v", got)
	}
	if err := m.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	m.get(path).want(t, 200)
	for want, fault := range map[string]mockserver.Fault{
		"unknown fault":          {Name: "nonsense"},
		"there is no other orig": {Name: "location-cross-origin"},
	} {
		if err := m.SetFaults([]mockserver.Fault{fault}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
	if err := (&mockserver.Server{Stateless: true}).SetFaults([]mockserver.Fault{{Name: "stuck"}}); err == nil {
		t.Error("a stateless server takes faults")
	}
}

// TestFaultsKeepTheirChances checks that what a fault throws does not depend on
// which others are on.
func TestFaultsKeepTheirChances(t *testing.T) {
	affected := func(others ...mockserver.Fault) string {
		m := newMock(t, &mockserver.Server{Seed: 3, Scenario: mockserver.Scenario{Duration: 1000 * s}, Faults: append(others, mockserver.Fault{Name: "retry-after-zero", P: 0.5})})
		path, got := m.submit(""), ""
		for range 40 {
			got += map[bool]string{true: "1", false: "0"}[m.get(path).header.Get("Retry-After") == "0"]
		}
		return got
	}
	alone := affected()
	if with := affected(mockserver.Fault{Name: "date-skew", P: 0.3}, mockserver.Fault{Name: "status-flapping", Nth: 3}); alone != with || !strings.Contains(alone, "1") || !strings.Contains(alone, "0") {
		t.Errorf("alone %s, with others %s", alone, with)
	}
}
