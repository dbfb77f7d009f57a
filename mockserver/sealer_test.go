package mockserver_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

// replicas are two stateless servers with one key, on one clock.
func replicas(t *testing.T, sc mockserver.Scenario) (one, other *mock) {
	t.Helper()
	one = newMock(t, &mockserver.Server{Stateless: true, Scenario: sc})
	// The other has the same key, and another scenario for its own operations.
	other = &mock{t: t, clock: one.clock, Server: &mockserver.Server{Stateless: true, Key: one.ReplicaKey(), Now: one.clock.Now, Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}}}
	return one, other
}

func TestReplicasAnswerForEachOther(t *testing.T) {
	one, other := replicas(t, mockserver.Scenario{Queue: s, Duration: 10 * s, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryRemaining}, AbsoluteLocation: true})
	path := strings.TrimPrefix(one.submit(""), "http://example.com")
	other.get(path).wantStatus(t, mockserver.Pending, 0).wantHeader(t, "Retry-After", "11")
	one.after(6 * s)
	for _, m := range []*mock{one, other} {
		m.get(path).wantStatus(t, mockserver.Running, 50).wantHeader(t, "Retry-After", "5")
		m.do("DELETE", path, "").want(t, 405).wantHeader(t, "Allow", "GET, HEAD, OPTIONS")
	}
	one.after(5 * s)
	r := other.get(path).want(t, 303)
	if got, want := r.header.Get("Location"), "http://example.com"+path+"/result"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if r := other.get(path+"/result").want(t, 200); !strings.Contains(r.text, `"bytes":11}`) {
		t.Errorf("got %s", r.text)
	}
	one.after(24*3600*s + s)
	other.get(path).want(t, 410)
	if got := one.Stats(); got.Stored != 0 || got.Submits != 1 || len(one.Operations()) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSealedOperationsKeepTheirScenario(t *testing.T) {
	one, other := replicas(t, mockserver.Scenario{})
	for query, want := range map[string]int{
		"?asyncctl.duration=0&asyncctl.outcome=failed&asyncctl.fail-status=409&asyncctl.fail-title=No&asyncctl.fail-detail=%22%00%22":  409,
		"?asyncctl.duration=0&asyncctl.completion=result&asyncctl.result=hello&asyncctl.result-type=text/x&asyncctl.result-status=201": 201,
		"?asyncctl.duration=0&asyncctl.completion=302&asyncctl.result-size=64KiB":                                                      302,
		"?asyncctl.outcome=cancelled&asyncctl.duration=0&asyncctl.cancel-delay=5s":                                                     200,
		"?asyncctl.retention=0&asyncctl.duration=0":                                                                                    410,
		"?asyncctl.pending-status=202&asyncctl.queue=5m":                                                                               202,
		"?asyncctl.distribution=lognormal:1":                                                                                           200,
		"?asyncctl.retry-after=date:9&asyncctl.cancel=on":                                                                              200,
	} {
		path := one.submit(query)
		a, b := one.get(path).want(t, want), other.get(path).want(t, want)
		if a.text != b.text {
			t.Errorf("%s: one says %s, the other %s", query, a.text, b.text)
		}
	}
}

func TestForgedIDsAreUnknown(t *testing.T) {
	one, other := replicas(t, mockserver.Scenario{})
	path := one.submit("")
	stranger := newMock(t, &mockserver.Server{Stateless: true})
	stranger.get(path).want(t, 404)
	name := id(path)
	for i := range name {
		for _, c := range []string{"A", "b", "_", "="} {
			if forged := name[:i] + c + name[i+1:]; forged != name {
				other.get("/operations/"+forged).want(t, 404)
			}
		}
		other.get("/operations/"+name[:i]).want(t, 404)
	}
	other.get("/operations/"+strings.Repeat("A", 7000)).want(t, 404)
	other.do("DELETE", "/operations/"+name+"A", "").want(t, 404)
	other.get(path).want(t, 200)
}

func TestEqualSubmitsAreDifferentOperations(t *testing.T) {
	one, _ := replicas(t, mockserver.Scenario{})
	if a, b := one.submit("", "Idempotency-Key: k"), one.submit("", "Idempotency-Key: k"); a == b {
		t.Errorf("got %s twice", a)
	}
	same := func() string {
		return newMock(t, &mockserver.Server{Stateless: true, Seed: 3, Key: []byte("key")}).submit("")
	}
	if a, b := same(), same(); a != b {
		t.Errorf("one seed gives %s and %s", a, b)
	}
}

func TestStatelessRefusesWhatItCannotKeep(t *testing.T) {
	one, _ := replicas(t, mockserver.Scenario{})
	one.do("POST", "/operations?asyncctl.polls=3", "").wantProblem(t, 400, "counts no polls")
	long := url.Values{"result": {strings.Repeat("é", 2000)}, "fail-detail": {strings.Repeat("é", 2000)}}
	one.do("POST", "/operations", "", "Asyncctl-Scenario: "+long.Encode()).wantProblem(t, 400, "does not fit")
	odd := newMock(t, &mockserver.Server{Stateless: true, Scenario: mockserver.Scenario{FailStatus: 600}})
	odd.do("POST", "/operations", "").wantProblem(t, 400, "does not fit")
	if err := one.Freeze(id(one.submit(""))); err == nil || !strings.Contains(err.Error(), "stateless") {
		t.Errorf("got %v", err)
	}
	for _, server := range []*mockserver.Server{
		{Stateless: true, Workers: 1}, {Stateless: true, Faults: []mockserver.Fault{{Name: "stuck"}}}, {Stateless: true, Scenario: mockserver.Scenario{Polls: 2}},
	} {
		if err := server.Check(); err == nil || !strings.Contains(err.Error(), "no memory") {
			t.Errorf("got %v", err)
		}
	}
	if err := (&mockserver.Server{Stateless: true}).Check(); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestReplicaKey(t *testing.T) {
	given := &mockserver.Server{Stateless: true, Key: []byte("given")}
	if got := given.ReplicaKey(); string(got) != "given" {
		t.Errorf("got %q", got)
	}
	a, b := (&mockserver.Server{Stateless: true}).ReplicaKey(), (&mockserver.Server{Stateless: true}).ReplicaKey()
	if len(a) != 32 || bytes.Equal(a, b) {
		t.Errorf("got %x and %x", a, b)
	}
	if got := (&mockserver.Server{}).ReplicaKey(); got != nil {
		t.Errorf("got %x", got)
	}
}
