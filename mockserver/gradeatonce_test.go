package mockserver_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func ids(r mockserver.Report) (all []string) {
	for _, f := range r.Findings {
		all = append(all, f.ID)
	}
	return all
}

// TestGradeNeedsNoSilence grades a client that is done, the moment that it is.
func TestGradeNeedsNoSilence(t *testing.T) {
	m := newMock(t, &mockserver.Server{})
	path := m.submit("")
	if got := ids(m.Grade()); !slices.Equal(got, []string{"never-polled"}) {
		t.Errorf("of a client that never polls it says %v", got)
	}
	m.after(s).get(path)
	if got := ids(m.Grade()); !slices.Equal(got, []string{"gave-up"}) {
		t.Errorf("of a client that gives up it says %v", got)
	}
	// While it may still be at work, nothing can be said.
	if r := do(t, m.Server.Admin(), "GET", mockserver.AdminPrefix+"grade", ""); !strings.Contains(r.text, `"findings": []`) {
		t.Errorf("of a client at work it says %s", r.text)
	}
	if r := do(t, m.Server.Admin(), "GET", mockserver.AdminPrefix+"grade?final", ""); !strings.Contains(r.text, "gave-up") {
		t.Errorf("of a client that is done it says %s", r.text)
	}
	m.after(2 * s).get(path)
	m.get(path + "/result")
	if r := m.Grade(); !r.Clean() {
		t.Errorf("of a client without fault it says %v", r.Err())
	}
}

// TestLawfulResends repeat a submit whose answer was lost, as RFC 9110, section
// 9.2.2, or the family allows.
func TestLawfulResends(t *testing.T) {
	infos := map[string]mockserver.DialectInfo{}
	for _, info := range mockserver.Dialects() {
		infos[info.Name] = info
	}
	for _, test := range []struct {
		name, dialect, method, query, field string
		want                                []string
	}{
		{"POST without a key", "generic", "POST", "", "", []string{"reposted"}},
		{"POST with a key", "generic", "POST", "", "Idempotency-Key: k", nil},
		{"PUT", "generic", "PUT", "", "", nil},
		{"ARM PUT", "arm-async", "PUT", "", "", nil},
		{"OCI's field", "oci-workrequest", "POST", "", "opc-retry-token: k", nil},
		{"Compute's parameter", "gce-operation", "POST", "?requestId=6f1c", "", nil},
		{"Snowflake's parameter", "snowflake-sql", "POST", "&requestId=6f1c", "", nil},
		{"Azure's field", "azure-oploc", "POST", "", "Repeatability-Request-ID: k", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			fault, err := mockserver.ParseFault("lost-202:nth=1")
			if err != nil {
				t.Fatal(err)
			}
			m := newMock(t, &mockserver.Server{Dialect: test.dialect, Faults: []mockserver.Fault{fault}})
			info := infos[test.dialect]
			lines := info.Header
			if test.field != "" {
				lines = append(slices.Clone(lines), test.field)
			}
			for range 2 {
				m.do(test.method, info.Path+test.query, info.Body, lines...)
			}
			var got []string
			for _, id := range ids(m.Grade()) {
				if id == "reposted" {
					got = append(got, id)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if keyed := test.field != "" || test.query != ""; keyed && len(m.Operations()) != 1 {
				t.Errorf("the key made %d operations", len(m.Operations()))
			}
		})
	}
}

func TestReportWithout(t *testing.T) {
	m := newMock(t, &mockserver.Server{})
	m.submit("")
	r, err := m.Grade().Without("never-polled")
	if err != nil || !r.Clean() || len(r.Rules) != len(mockserver.GradeRules())-1 {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := m.Grade().Without("never-pulled"); err == nil || !strings.Contains(err.Error(), "the known ones are") {
		t.Errorf("got %v", err)
	}
}
