package transcript

import (
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestRun(t *testing.T) {
	Run(t, "testdata/*.txtar", lro.Generic{})
}

func TestParse(t *testing.T) {
	got, err := ParseFile("testdata/good.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if s := got.Submit; s.Method != "POST" || s.URL != "https://api.example.com/jobs" || string(s.Body) != "{\"a\": 1}\n" || len(s.Header["Prefer"]) != 2 {
		t.Errorf("submit: got %+v", s)
	}
	p := lro.Policy{Misses: 3, GracePolls: 2, Resends: 1, Hops: 4, Moves: 5, MissTime: time.Minute, Grace: 10 * time.Second, MaxHint: time.Hour, ResendUnsafe: true}
	p.Trust = []string{"https://a.example.com", "https://b.example.com"}
	if g := *got.Policy; g.Misses != p.Misses || g.MissTime != p.MissTime || g.MaxHint != p.MaxHint || !g.ResendUnsafe || strings.Join(g.Trust, " ") != strings.Join(p.Trust, " ") {
		t.Errorf("policy: got %+v, want %+v", g, p)
	}
	want := []string{"unsent 1", "reply 2 (202)", "reply 3 (202)", "reply 4 (200)", "error 5", "cancel 6 (202)", "reply 7 (204)"}
	for i, s := range got.Steps {
		if s.Label != want[i] {
			t.Errorf("step %d: got %q, want %q", i, s.Label, want[i])
		}
	}
	if s := got.Steps; s[0].Reply.Err == nil || !s[0].Reply.Unsent || s[1].After != 2*time.Second || len(s[1].Reply.Body) > 0 ||
		!s[2].Reply.More || s[2].After >= 0 || s[3].Reply.Err == nil || s[3].Reply.Status != 200 || s[4].Reply.Unsent || !s[5].Cancel {
		t.Errorf("steps: got %+v", s)
	}
}

const (
	head   = "x\nSource: y\n"
	submit = "-- submit --\nPOST https://api.example.com/jobs\n"
	reply  = "-- reply --\nHTTP/1.1 202 Accepted\nLocation: /jobs/1\n\n"
	want   = "-- want --\nphase: poll\n"
)

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no source", "x\n" + submit + reply + want, "Source:"},
		{"source within a line", "x, Source: y\n" + submit + reply + want, "Source:"},
		{"no beginning", head + "-- policy --\n-- want --\nphase: poll\n", "neither"},
		{"no want", head + submit + reply, "wants nothing"},
		{"unknown section", head + submit + "-- answer --\n" + want, "no such section"},
		{"section without a name", head + submit + "-- : x --\n" + want, "no name"},
		{"reply first", head + reply + want, "not begun"},
		{"two submits", head + submit + submit + want, "begun already"},
		{"submit and resume", head + submit + "-- resume --\nhttps://h/\n" + want, "begun already"},
		{"policy late", head + submit + "-- policy --\n" + want, "beginning"},
		{"two policies", head + "-- policy --\n-- policy --\n" + submit + want, "beginning"},
		{"unknown policy", head + "-- policy --\npatience: 3\n" + submit + want, "patience"},
		{"policy is no number", head + "-- policy --\nmisses: few\n" + submit + want, "few"},
		{"unknown key", head + submit + reply + want + "fase: poll\n", "fase"},
		{"key twice", head + submit + reply + want + "phase: poll\n", "twice"},
		{"no key", head + submit + reply + want + "phase\n", "key: value"},
		{"two wants", head + submit + reply + want + want, "two in a row"},
		{"no request line", head + "-- submit --\nPOST\n" + want, "request line"},
		{"relative request", head + "-- submit --\nPOST /jobs\n" + want, "request line"},
		{"no status line", head + submit + "-- reply --\n202 Accepted\n" + want, "status line"},
		{"no status", head + submit + "-- reply --\nHTTP/1.1 OK\n" + want, "status line"},
		{"no header line", head + submit + "-- reply --\nHTTP/1.1 200 OK\n{\"a\": 1}\n" + want, "blank line"},
		{"no header line in the submit", head + "-- submit --\nPOST https://h/\nx y: z\n" + want, "blank line"},
		{"no time", head + submit + "-- reply 5s --\nHTTP/1.1 200 OK\n" + want, "+5s"},
		{"no duration", head + submit + "-- reply +5 --\nHTTP/1.1 200 OK\n" + want, "+5s"},
		{"unknown flag", head + submit + "-- reply less --\nHTTP/1.1 200 OK\n" + want, "less"},
		{"no cause", head + submit + "-- error --\n" + want, "cause"},
		{"an error with content", head + submit + "-- error: x --\nHTTP/1.1 200 OK\n" + want, "no content"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse("t.txtar", []byte(test.text))
			if err == nil {
				t.Fatalf("got %+v, want an error", got)
			}
			if !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "t.txtar: ") {
				t.Errorf("got %q, want it to name the file and %q", err, test.want)
			}
		})
	}
	if _, err := ParseFile("testdata/none.txtar"); err == nil {
		t.Error("a file that is not there was read")
	}
}

// TestPlayFindsWhatIsWrong: the tester can fail, in every key.
func TestPlayFindsWhatIsWrong(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a fact", submit + reply + "-- want --\nphase: fetch\n", "reply 1 (202): phase: got poll, want fetch"},
		{"an empty fact", submit + reply + "-- want --\nfloor: 5s\n", "reply 1 (202): floor: got none, want 5s"},
		{"the beginning", submit + "-- want --\ndialect: arm\n" + reply, "the beginning: dialect: got generic, want arm"},
		{"a header that is not there", submit + "-- want --\nnext-header: Prefer: wait\n" + reply, "the beginning: next-header: got Prefer: , want Prefer: wait"},
		{"a header too many", submit + "A: b\n-- want --\nnext-header: none\n" + reply, "the beginning: next-header: got map[A:[b]], want none"},
		{"a reply too many", submit + reply + "-- reply --\nHTTP/1.1 204 No Content\n" + want + reply, "reply 3 (202): the operation was over before: succeeded ()"},
		{"a bad resume", "-- resume --\nftp://h/\n" + want, "its scheme is neither http nor https"},
	}
	for key := range facts {
		text := submit + reply + "-- want --\n" + key + ": no such value\n"
		tests = append(tests, struct{ name, text, want string }{key, text, "reply 1 (202): " + key + ": got "})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conversation, err := Parse("t.txtar", []byte(head+test.text))
			if err != nil {
				t.Fatal(err)
			}
			wrong := strings.Join(conversation.Play(lro.Generic{}), "\n")
			if !strings.Contains(wrong, test.want) {
				t.Errorf("got %q, want %q", wrong, test.want)
			}
		})
	}
}

// stubborn is a dialect that cannot be cancelled, and that puts its own header into the submit.
type stubborn struct{ lro.Generic }

func (stubborn) Cancel(lro.Operation) (lro.Request, bool) { return lro.Request{}, false }

func TestPlayUsesTheDialect(t *testing.T) {
	const text = head + submit + reply + "-- cancel --\nHTTP/1.1 202 Accepted\n\n-- want --\nanswer: impossible\ncancel: none\ncancel-sent: false\n"
	conversation, err := Parse("t.txtar", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if wrong := conversation.Play(stubborn{}); len(wrong) > 0 {
		t.Errorf("got %q", wrong)
	}
	if wrong := conversation.Play(lro.Generic{}); len(wrong) != 3 {
		t.Errorf("the generic dialect: got %q, want three differences", wrong)
	}
}

func TestPlayComplainsAboutUnsoundOperations(t *testing.T) {
	conversation, err := Parse("t.txtar", []byte(head+"-- submit --\nPOST mock://h/\n-- reply --\nHTTP/1.1 429 Slow\n\n"+strings.Replace(want, "poll", "submit", 1)))
	if err != nil {
		t.Fatal(err)
	}
	wrong := conversation.Play(lro.Generic{})
	if len(wrong) != 1 || !strings.Contains(wrong[0], "its next request is") {
		t.Errorf("got %q", wrong)
	}
}
