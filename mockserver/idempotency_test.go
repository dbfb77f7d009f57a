package mockserver_test

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestIdempotencyKeyReplays(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{})
	key := `Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324"`
	first := m.submit("", key)
	if again := m.submit("", key); again != first {
		t.Errorf("the same key made %s and %s", first, again)
	}
	if bare := m.submit("", strings.ReplaceAll(key, `"`, "")); bare != first {
		t.Errorf("the key without quotes made %s, with quotes %s", bare, first)
	}
	if other := m.submit("", `Idempotency-Key: "other"`); other == first {
		t.Error("another key got the same operation")
	}
	if none := m.submit(""); none == first {
		t.Error("no key got the same operation")
	}
	record := m.Operations()
	var submits int
	for _, r := range record {
		if "/operations/"+r.ID == first {
			submits = r.Submits
		}
	}
	if stats := m.Stats(); len(record) != 3 || submits != 3 || stats.Submits != 3 || stats.Replays != 2 || stats.Stored != 3 {
		t.Errorf("got %d operations, %d submits of the first, %+v", len(record), submits, stats)
	}
}

func TestIdempotencyKeyReplaysAfterTheEnd(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{})
	first := m.submit("", "Idempotency-Key: k")
	r := m.after(5*s).do("POST", "/operations", `{"order":7}`, "Idempotency-Key: k").want(t, 202)
	r.wantHeader(t, "Location", first).wantStatus(t, mockserver.Succeeded, 100).wantHeader(t, "Retry-After", "")
	// A key is kept as long as its operation.
	m.after(defaultRetention)
	if again := m.submit("", "Idempotency-Key: k"); again == first {
		t.Error("the key outlived its operation")
	}
}

func TestIdempotencyKeyWithAnotherPayload(t *testing.T) {
	tests := []struct{ name, method, target, body, scenario string }{
		{"body", "POST", "/operations", `{"order":8}`, ""},
		{"method", "PUT", "/operations", `{"order":7}`, ""},
		{"path", "POST", "/orders", `{"order":7}`, ""},
		{"query", "POST", "/operations?asyncctl.duration=1s", `{"order":7}`, ""},
		{"scenario", "POST", "/operations", `{"order":7}`, "duration=1s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			first := m.submit("", "Idempotency-Key: k")
			lines := []string{"Idempotency-Key: k"}
			if test.scenario != "" {
				lines = append(lines, "Asyncctl-Scenario: "+test.scenario)
			}
			r := m.do(test.method, test.target, test.body, lines...).wantProblem(t, 422, "another payload")
			r.wantHeader(t, "Location", "")
			if r.json["instance"] != first {
				t.Errorf("got instance %v, want %s", r.json["instance"], first)
			}
			if got := m.Operations(); len(got) != 1 || got[0].Submits != 1 {
				t.Errorf("got %+v, want one operation with one submit", got)
			}
		})
	}
}

func TestIdempotencyKeySyntax(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		key   string // in the record; empty: refused
	}{
		{"quoted", []string{`"abc"`}, "abc"},
		{"bare", []string{`abc`}, "abc"},
		{"escaped", []string{`"a\"b\\c"`}, `a"b\c`},
		{"spaces around", []string{` abc `}, "abc"},
		{"longest", []string{strings.Repeat("x", 256)}, strings.Repeat("x", 256)},
		{"too long", []string{strings.Repeat("x", 257)}, ""},
		{"empty", []string{""}, ""},
		{"empty string", []string{`""`}, ""},
		{"not closed", []string{`"abc`}, ""},
		{"ends in an escape", []string{`"abc\`}, ""},
		{"something behind", []string{`"abc"; x=1`}, ""},
		{"not ASCII", []string{"ä"}, ""},
		{"twice", []string{"a", "a"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			lines := make([]string, len(test.lines))
			for i, value := range test.lines {
				lines[i] = "Idempotency-Key: " + value
			}
			r := m.do("POST", "/operations", "", lines...)
			if test.key == "" {
				r.wantProblem(t, 400, "Idempotency-Key")
				return
			}
			r.want(t, 202)
			if got := m.Operations()[0].Key; got != test.key {
				t.Errorf("got key %q, want %q", got, test.key)
			}
		})
	}
}

func TestIdempotencyKeyConcurrently(t *testing.T) {
	server := &mockserver.Server{}
	locations := make([]string, 32)
	var wg sync.WaitGroup
	for i := range locations {
		wg.Go(func() {
			request := httptest.NewRequest("POST", "/operations", strings.NewReader("{}"))
			request.Header.Set("Idempotency-Key", "k")
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, request)
			locations[i] = recorder.Header().Get("Location")
		})
	}
	wg.Wait()
	for _, location := range locations {
		if location == "" || location != locations[0] {
			t.Fatalf("got %q and %q", locations[0], location)
		}
	}
	if stats := server.Stats(); stats.Submits != 1 || stats.Replays != 31 || stats.Stored != 1 {
		t.Errorf("got %+v, want one operation", stats)
	}
}
