package mock_test

import (
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/mockserver"
)

const began = `{"at":"2026-11-24T12:00:00Z","op":0,"start":{"version":1,"tool":"asyncctl"}}
`

func reply(at, op, rest string) string {
	return `{"at":"2026-11-24T12:00:` + at + `Z","op":` + op + `,"reply":{` + rest + `}}` + "\n"
}

func submitted(at, op string) string {
	return reply(at, op, `"phase":"submit","status":202,"took_ms":40,"hint_ms":2000,"hint":"taken","next":"poll","state":"pending","native":"Queued","percent":0`)
}

func polled(at, op, percent string) string {
	return reply(at, op, `"phase":"poll","status":202,"took_ms":10,"hint_ms":2000,"hint":"taken","next":"poll","state":"running","percent":`+percent)
}

func ended(at, op, outcome string) string {
	return `{"at":"2026-11-24T12:00:` + at + `Z","op":` + op + `,"end":{"outcome":"` + outcome + `","problem":{"status":409,"title":"No paper","detail":"tray 2"}}}` + "\n"
}

func TestRecord(t *testing.T) {
	stream := began + submitted("00", "0") + polled("02", "0", "10") + polled("04", "0", "60") +
		reply("06", "0", `"phase":"poll","status":302,"took_ms":12,"next":"fetch","state":"running"`) +
		reply("06", "0", `"phase":"fetch","status":200,"took_ms":1,"next":"ended","state":"succeeded"`) +
		`{"at":"2026-11-24T12:00:06Z","op":0,"transfer":{"bytes":4711,"total":-1}}` + "\n" +
		strings.Replace(ended("06", "0", "succeeded"), `,"problem":{"status":409,"title":"No paper","detail":"tray 2"}`, "", 1)
	file, err := mock.Record("run.ndjson", strings.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	want := mockserver.Scenario{
		Queue: 0, Duration: 5 * time.Second, Progress: "40:10,80:60", Outcome: mockserver.OutcomeSucceeded, PendingStatus: 202,
		RetryAfter: mockserver.RetryAfter{Delay: 2 * time.Second}, Completion: mockserver.CompletionFound, ResultSize: 4711,
	}
	if file.Operation != want {
		t.Errorf("\n got %+v\nwant %+v", file.Operation, want)
	}
	if len(file.Latencies) != 2 || file.Latencies[0].Delay != 10*time.Millisecond || file.Latencies[1].Delay != 40*time.Millisecond {
		t.Errorf("got %+v", file.Latencies)
	}
	if again := readAgain(t, file); again.Scenario != want || len(again.Rules) != 2 {
		t.Errorf("written as\n%s\nit is read as %+v", file.YAML(), again)
	}
}

func TestRecordSeveral(t *testing.T) {
	failed := func(at, op string) string {
		return reply(at, op, `"phase":"poll","status":422,"took_ms":1,"next":"ended","state":"failed"`) + ended(at, op, "failed")
	}
	stream := began + submitted("00", "0") + submitted("01", "1") + polled("02", "0", "5") + failed("04", "1") + failed("08", "0") + submitted("09", "2")
	file, err := mock.Record("run", strings.NewReader(stream))
	if err != nil || len(file.Rules) != 3 {
		t.Fatalf("got %+v, %v", file, err)
	}
	for i, want := range []struct {
		duration time.Duration
		outcome  mockserver.Outcome
	}{{5 * time.Second, "failed"}, {1500 * time.Millisecond, "failed"}, {time.Millisecond, "never"}} {
		sc := file.Rules[i].Scenario
		if sc.Duration+sc.Queue != want.duration || sc.Outcome != want.outcome || file.Rules[i].When.Turn != i+1 || file.Rules[i].When.Of != 3 {
			t.Errorf("operation %d: got %+v", i, file.Rules[i])
		}
		if want.outcome == "failed" && (sc.FailTitle != "No paper" || sc.FailStatus != 409) {
			t.Errorf("operation %d fails as %+v", i, sc)
		}
	}
	again := readAgain(t, file)
	if len(again.Rules) != 4 {
		t.Fatalf("%s\nis read as %+v", file.YAML(), again)
	}
	if sc, err := mockserver.ParseScenario(mockserver.Scenario{}, again.Rules[1].Set); err != nil || sc != *file.Rules[1].Scenario {
		t.Errorf("%s\n%+v, %v", file.YAML(), sc, err)
	}
}

// readAgain reads what a recording writes.
func readAgain(t *testing.T, r *mock.Recording) *mockserver.Server {
	t.Helper()
	f, err := api.Parse("again.yaml", []byte(r.YAML()), api.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, r.YAML())
	}
	server, err := mock.Imitate(f, secret)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func TestRecordErrors(t *testing.T) {
	for stream, want := range map[string]string{
		"":             "empty",
		began:          "it has no operation",
		began + "{}\n": "line 2",
		began + `{"at":"2026-11-24T12:00:00Z","op":3,"request":{"phase":"submit","method":"POST","url":"x"}}` + "\n": "operation 3: no answer was recorded",
	} {
		if _, err := mock.Record("run", strings.NewReader(stream)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", stream, err, want)
		}
	}
}
