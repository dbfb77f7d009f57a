package mockserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]string{
		"stuck":                         "stuck",
		"stuck:p=0.25":                  "stuck:p=0.25",
		"latency":                       "latency:delay=1s",
		"latency:jitter=5ms|p=0.5":      "latency:p=0.5,delay=1s,jitter=5ms",
		"429-storm":                     "429-storm:first=4,from=2,delay=1s",
		"429-storm:nth=9":               "429-storm:nth=9,delay=1s",
		"status-404:after=1s,until=5s":  "status-404:after=1s,until=5s",
		"body-gigantic:bytes=64KiB":     "body-gigantic:bytes=65536",
		"date-skew:delay=-5m":           "date-skew:delay=-5m0s",
		"redirect-chain:count=3,from=2": "redirect-chain:from=2,count=3",
	} {
		f, err := mockserver.ParseFault(text)
		if err != nil || f.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, f, err, want)
		}
	}
}

func TestParseFaultErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "unknown fault",
		"nonsense":            `unknown fault "nonsense": the known ones are latency, bandwidth`,
		"stuck:":              `unknown parameter ""`,
		"stuck:q=1":           `unknown parameter "q": the known ones are p, nth, first, from, after, until`,
		"stuck:delay=1s":      `unknown parameter "delay"`,
		"latency:q=1":         "until, delay, jitter",
		"stuck:p=0":           `bad value "0": use a probability`,
		"stuck:p=1.1":         "probability",
		"stuck:p=NaN":         "probability",
		"stuck:p":             `bad value ""`,
		"stuck:nth=0":         "whole number from 1",
		"stuck:after=-1s":     "a duration",
		"latency:delay=0":     "a duration",
		"latency:delay=9999h": "at most 720h",
		"date-skew:delay=x":   "1h or -5m",
		"limit_data:bytes=0":  "number of bytes",
		"stuck:nth=1,nth=2":   "given twice",
	} {
		if f, err := mockserver.ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want it to say %q", text, f, err, want)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, info := range mockserver.Faults() {
		f.Add(info.Default)
	}
	f.Add("latency:p=0.1|delay=3s,jitter=1ns")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := mockserver.ParseFault(text)
		if err != nil {
			return
		}
		again, err := mockserver.ParseFault(parsed.String())
		if err != nil || again != parsed {
			t.Fatalf("%q is %+v, which is written %q and read as %+v, %v", text, parsed, parsed, again, err)
		}
	})
}

// TestCatalogue checks what every fault must say of itself.
func TestCatalogue(t *testing.T) {
	names := map[string]bool{}
	for _, info := range mockserver.Faults() {
		if names[info.Name] {
			t.Errorf("%s is there twice", info.Name)
		}
		names[info.Name] = true
		if info.Summary == "" || info.Exposes == "" || info.Affects == "" {
			t.Errorf("%s says too little: %+v", info.Name, info)
		}
		for _, id := range info.Rules {
			if rule, ok := conformance.RuleByID(id); !ok || rule.ID != id {
				t.Errorf("%s breaks the rule %s, which there is not", info.Name, id)
			}
		}
		if f, err := mockserver.ParseFault(info.Default); err != nil || f.String() != info.Default {
			t.Errorf("%s: its default %q is read as %v, %v", info.Name, info.Default, f, err)
		}
		if f, err := mockserver.ParseFault(info.Name); err != nil || f.String() != info.Default {
			t.Errorf("%s: without parameters it is %v, %v", info.Name, f, err)
		}
		for _, p := range info.Parameters {
			if p.Name == "" || p.Allowed == "" {
				t.Errorf("%s: %+v", info.Name, p)
			}
		}
	}
}

func TestFaultConditions(t *testing.T) {
	tests := []struct {
		fault string
		codes []int // of polls, one a second
	}{
		{"status-404:nth=2", []int{200, 404, 200, 200}},
		{"status-404:first=2", []int{404, 404, 200, 200}},
		{"status-404:from=3", []int{200, 200, 404, 404}},
		{"status-404:from=2,first=3", []int{200, 404, 404, 200}},
		{"status-404:after=2s", []int{200, 200, 404, 404}},
		{"status-404:until=2s", []int{404, 404, 200, 200}},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			m := faulty(t, 1, test.fault)
			one, other := m.submit("?asyncctl.duration=1h"), m.submit("?asyncctl.duration=1h")
			for i, want := range test.codes {
				if a, b := m.get(one).code, m.get(other).code; a != want || b != want {
					t.Errorf("poll %d: got %d and %d, want %d", i+1, a, b, want)
				}
				m.after(s)
			}
		})
	}
}

// faulty is a mock with faults and without a network.
func faulty(t *testing.T, seed uint64, faults ...string) *mock {
	t.Helper()
	server := &mockserver.Server{Seed: seed}
	for _, text := range faults {
		f, err := mockserver.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		server.Faults = append(server.Faults, f)
	}
	return newMock(t, server)
}

func TestFaultProbability(t *testing.T) {
	m := faulty(t, 7, "status-404:p=0.25", "no-status-url:p=0.5")
	path := ""
	for path == "" {
		path = m.do("POST", "/operations?asyncctl.duration=1h", "").header.Get("Location")
	}
	missing := 0
	for range 4000 {
		if m.get(path).code == 404 {
			missing++
		}
	}
	if missing < 900 || missing > 1100 {
		t.Errorf("p=0.25 affected %d of 4000 polls", missing)
	}
}

func TestStickyFaultStaysWithItsOperation(t *testing.T) {
	m := faulty(t, 3, "stuck:p=0.5")
	stuck := 0
	for range 40 {
		path := m.submit("?asyncctl.duration=0")
		first := m.get(path).code
		for range 5 {
			if got := m.get(path).code; got != first {
				t.Fatalf("%s: got %d, then %d", path, first, got)
			}
		}
		if first == 200 {
			stuck++
		}
	}
	if stuck < 10 || stuck > 30 {
		t.Errorf("p=0.5 affected %d of 40 operations", stuck)
	}
}

// TestSameSeedSameBytes sends the same requests twice, with all faults on that
// take no time.
func TestSameSeedSameBytes(t *testing.T) {
	run := func(seed uint64) string {
		var faults []string
		for _, info := range mockserver.Faults() {
			if !slices.Contains([]string{"latency", "bandwidth", "slow_close", "timeout", "slicer", "body-stalled", "body-gigantic"}, info.Name) {
				faults = append(faults, info.Name+":p=0.1")
			}
		}
		m := faulty(t, seed, faults...)
		m.Server.Stranger = "http://stranger.test"
		var b strings.Builder
		show := func(method, path string) string {
			recorder := httptest.NewRecorder()
			m.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
			fmt.Fprintf(&b, "%s %s %d %v\n%s\n", method, path, recorder.Code, recorder.Header(), recorder.Body)
			return recorder.Header().Get("Location")
		}
		for range 30 {
			path := show("POST", "/operations")
			if !strings.HasPrefix(path, "/operations/") {
				continue
			}
			for range 4 {
				show("GET", path)
				m.after(s)
			}
			show("GET", path+"/result")
			show("DELETE", path)
		}
		return b.String()
	}
	one, same, other := run(5), run(5), run(6)
	if one != same {
		t.Error("two runs with one seed differ")
	}
	if one == other {
		t.Error("two seeds make the same run")
	}
}

func TestFaultSeed(t *testing.T) {
	if got := (&mockserver.Server{Seed: 9}).FaultSeed(); got != 9 {
		t.Errorf("got %d, want 9", got)
	}
	server := &mockserver.Server{}
	if one, same := server.FaultSeed(), server.FaultSeed(); one != same || one == (&mockserver.Server{}).FaultSeed() {
		t.Errorf("got %d, then %d", one, same)
	}
}

func TestCheck(t *testing.T) {
	for name, want := range map[string]string{"nonsense": "unknown fault", "location-cross-origin": "set Stranger", "result-cross-origin": "set Stranger", "stuck": ""} {
		server := &mockserver.Server{Faults: []mockserver.Fault{{Name: name}}}
		if err := server.Check(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
		if r := do(t, server, "POST", "/", ""); r.code != 202 || r.header.Get("Location") == "" {
			t.Errorf("%s: got %d %v", name, r.code, r.header)
		}
		if got := server.Faults[0].String(); got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
}

// TestBrokenConnectionWithoutAConnection is what a test with a recorder sees.
func TestBrokenConnectionWithoutAConnection(t *testing.T) {
	m := faulty(t, 1, "lost-202", "body-truncated")
	r := m.do("POST", "/operations", "").want(t, 504)
	if r.header.Get(mockserver.FaultHeader) == "" {
		t.Errorf("got %v", r.header)
	}
	recorder := httptest.NewRecorder()
	m.ServeHTTP(recorder, httptest.NewRequest("GET", "/operations/"+m.Operations()[0].ID, nil))
	if recorder.Code != 200 || recorder.Body.Len() == 0 || fmt.Sprint(2*recorder.Body.Len()+1) != recorder.Header().Get("Content-Length") {
		t.Errorf("got %d with %d bytes, %v", recorder.Code, recorder.Body.Len(), recorder.Header())
	}
}

func TestBrokenConnectionOverTLS(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		m := faulty(t, 1, "reset_peer:nth=1", "limit_data:nth=2,bytes=5")
		server := httptest.NewUnstartedServer(m)
		server.EnableHTTP2 = http2
		server.StartTLS()
		defer server.Close()
		for range 2 {
			response, err := server.Client().Post(server.URL, "", nil)
			if err == nil {
				_, err = response.Body.Read(make([]byte, 10))
				for err == nil {
					_, err = response.Body.Read(make([]byte, 10))
				}
				response.Body.Close()
			}
			if err == nil || strings.Contains(err.Error(), "EOF") && err.Error() == "EOF" {
				t.Errorf("HTTP/2 %v: got %v", http2, err)
			}
		}
		response, err := server.Client().Post(server.URL, "", nil)
		if err != nil || response.StatusCode != 202 || (response.ProtoMajor == 2) != http2 {
			t.Fatalf("got %v, %v", response, err)
		}
		response.Body.Close()
	}
}

func TestPauseEndsWithTheClient(t *testing.T) {
	m := faulty(t, 1, "latency:delay=1h")
	request := httptest.NewRequest("POST", "/", http.NoBody)
	request = request.WithContext(cancelled())
	m.ServeHTTP(httptest.NewRecorder(), request)
	if got := len(m.Operations()); got != 1 {
		t.Errorf("got %d operations", got)
	}
}

// TestHintsOfFaultsOblige checks that a poll is judged by the hint it got.
func TestHintsOfFaultsOblige(t *testing.T) {
	for fault, want := range map[string]int64{
		"retry-after-absent": 0, "retry-after-zero": 0, "retry-after-past": 0, "retry-after-negative": 0, "retry-after-garbage": 0, "retry-after-huge": 0,
		"retry-after-date": 2, "429-storm:first=9": 2, "progress-backwards": 2, "lost-202": 1,
	} {
		m := faulty(t, 1, fault)
		m.do("POST", "/operations", "")
		path := "/operations/" + m.Operations()[0].ID
		m.get(path)
		m.get(path)
		if got := m.Stats().EarlyPolls; got != want {
			t.Errorf("%s: got %d early polls, want %d", fault, got, want)
		}
	}
}
