package mutants

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mutant is one row of the list.
type mutant struct {
	name, summary string
	dialect       string // empty: generic
	breaks        []string
	withholds     []string
	hidden        bool
	faults        []mockserver.Fault
	query         string                            // of every submit, as the mock's scenario takes it
	wrap          func(http.Handler) http.Handler   // around the mock
	abroad        func(http.Handler) http.Handler   // around its other origin
	secure        bool                              // over TLS
	target        func(*conformance.Target, string) // what else is known of it, with its URL
	suite         func(*conformance.Suite)
}

// All returns all mutants in a world: first those without a fault.
func All(w World) []Mutant {
	var all []Mutant
	for _, m := range list() {
		if m.dialect != "" && w.Dialect == nil {
			continue
		}
		all = append(all, Mutant{
			Name: m.name, Summary: m.summary, Dialect: m.dialect, Breaks: slices.Sorted(slices.Values(m.breaks)), Withholds: m.withholds, Hidden: m.hidden,
			Start: func() (Subject, error) { return m.start(w) },
		})
	}
	return all
}

func list() []mutant {
	return slices.Concat(faultless, faulty(), submitMutants, statusMutants, accessMutants, endMutants, cancelMutants, fieldMutants, steadyMutants, inDialects(), dialectMutants)
}

// start serves the mutant.
func (m *mutant) start(w World) (Subject, error) {
	var none Subject
	l, host, err := w.Listen("mutant.test")
	if err != nil {
		return none, err
	}
	other, abroad, err := w.Listen("abroad.test")
	if err != nil {
		l.Close()
		return none, err
	}
	mock := &mockserver.Server{Dialect: m.dialect, Faults: m.faults, Stranger: "http://" + abroad}
	suite := conformance.Suite{Limits: conformance.Limits{Rate: 1000}, Patience: 30 * time.Second, RequestTimeout: 5 * time.Second, Settle: 3 * time.Second}
	scheme := "http://"
	var roots *tls.Config
	if m.secure {
		var certificate *tls.Config
		if certificate, roots, err = secure(host); err != nil {
			l.Close()
			other.Close()
			return none, err
		}
		scheme, l = "https://", tls.NewListener(l, certificate)
	}
	if w.Transport != nil || roots != nil {
		t := &http.Transport{}
		if w.Transport != nil {
			t = w.Transport.Clone()
		}
		t.TLSClientConfig = roots
		suite.Transport, suite.Foreign = t, t
	}
	s := &served{}
	s.serve(l, wrapped(mock, m.wrap))
	s.serve(other, wrapped(mock.StrangerHandler(), m.abroad))
	subject := Subject{Suite: suite, Target: everything(scheme+host, m.query), Close: s.close}
	if m.dialect != "" {
		subject.Target = inDialect(scheme+host, m.dialect)
		subject.Suite.Dialect, _ = w.Dialect(m.dialect)
	}
	if m.target != nil {
		m.target(&subject.Target, scheme+host)
	}
	if m.suite != nil {
		m.suite(&subject.Suite)
	}
	return subject, nil
}

func wrapped(h http.Handler, wrap func(http.Handler) http.Handler) http.Handler {
	if wrap == nil {
		return h
	}
	return wrap(h)
}

// retention is how long the mutants keep what the probe of the retention submits.
const retention = 8 * time.Second

// everything is the mock as a target that offers all that it can.
func everything(url, query string) conformance.Target {
	submit := func(scenario, body string) *conformance.Submit {
		if query != "" {
			scenario += "&" + query
		}
		return &conformance.Submit{URL: url + "/operations?" + mockserver.ControlPrefix + strings.ReplaceAll(scenario, "&", "&"+mockserver.ControlPrefix), Body: conformance.Content(body)}
	}
	return conformance.Target{
		Slow:      submit("duration=4s", `{"report":7}`),
		Fast:      submit("duration=2s&retention="+retention.String(), `{"report":8}`),
		Fail:      submit("duration=2s&outcome=failed", `{"report":9}`),
		Invalid:   submit("outcome=misspelt", `{}`),
		Cancel:    conformance.Supported,
		Keys:      conformance.Supported,
		Retention: retention, Burst: true, Wait: true,
	}
}
