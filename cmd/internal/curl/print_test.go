package curl

import (
	"bytes"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		name        string
		req         lro.Request
		always      http.Header
		credentials bool
		want        string
	}{
		{"nothing but a URL", lro.Request{Method: "POST", URL: "https://h/x"}, nil, false,
			"curl https://h/x -i -X POST"},
		{"what may be shown", lro.Request{Method: "PUT", URL: "https://h/x", Header: http.Header{"Content-Type": {"text/plain"}, "Idempotency-Key": {`"k"`}}, Body: []byte("hello")}, http.Header{"User-Agent": {"me/1"}}, false,
			`curl https://h/x -i -X PUT -H 'Content-Type: text/plain' -H 'Idempotency-Key: "k"' -H 'User-Agent: me/1' --data-raw hello`},
		{"what may not", lro.Request{Method: "POST", URL: "https://u:s3cret@h/x?code=s3cret&b#s3cret", Header: http.Header{"X-A": {"s3cret", "s3cret"}}}, http.Header{"Authorization": {"Basic s3cret"}, "Cookie": {"s3cret"}}, false,
			"curl 'https://REDACTED@h/x?code=REDACTED&REDACTED' -i -X POST -H 'Authorization: Basic REDACTED' -H 'Cookie: REDACTED' -H 'X-A: REDACTED' -H 'X-A: REDACTED'"},
		{"credentials that come when it is sent", lro.Request{Method: "POST", URL: "https://h/"}, nil, true,
			"curl https://h/ -i -X POST -H 'Authorization: REDACTED'"},
		{"credentials in place of others", lro.Request{Method: "POST", URL: "https://h/"}, http.Header{"Authorization": {"s3cret"}}, true,
			"curl https://h/ -i -X POST -H 'Authorization: REDACTED'"},
		{"the submit's own beats what is for all", lro.Request{Method: "POST", URL: "https://h/", Header: http.Header{"Accept": {"a"}}}, http.Header{"Accept": {"b"}}, false,
			"curl https://h/ -i -X POST -H 'Accept: a'"},
		{"quotes in the content", lro.Request{Method: "POST", URL: "https://h/", Body: []byte(`{"it's":"$(rm)"}`)}, nil, false,
			`curl https://h/ -i -X POST --data-raw '{"it'\''s":"$(rm)"}'`},
		{"a content that begins with @", lro.Request{Method: "POST", URL: "https://h/", Body: []byte("@x")}, nil, false,
			"curl https://h/ -i -X POST --data-raw @x"},
		{"a binary content", lro.Request{Method: "POST", URL: "https://h/", Body: []byte("\xff\x00")}, nil, false,
			"curl https://h/ -i -X POST --data-binary @content # 2 bytes"},
		{"a content that steers the terminal", lro.Request{Method: "POST", URL: "https://h/", Body: []byte("\x1b[2J")}, nil, false,
			"curl https://h/ -i -X POST --data-binary @content # 4 bytes"},
		{"a large content", lro.Request{Method: "POST", URL: "https://h/", Body: bytes.Repeat([]byte("x"), 4097)}, nil, false,
			"curl https://h/ -i -X POST --data-binary @content # 4097 bytes"},
		{"a method with an odd character", lro.Request{Method: "A'B", URL: "https://h/"}, nil, false,
			`curl https://h/ -i -X 'A'\''B'`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(c.always)
			got, _ := Command(c.req, c.always, c.credentials)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "s3cret") {
				t.Error("the secret is in it")
			}
			if len(c.always) != before {
				t.Error("the header was changed")
			}
		})
	}
}

func TestCommandReproducesTheRequest(t *testing.T) {
	for _, c := range []struct {
		req        lro.Request
		want, hide string
	}{
		{lro.Request{Method: "PUT", URL: "https://h/v2/i?accepts_incomplete=true&size=large", Header: http.Header{"X-Team": {"billing"}, "X-Broker-Api-Version": {"2.17"}}},
			"curl 'https://h/v2/i?accepts_incomplete=true&size=large' -i -X PUT -H 'X-Broker-Api-Version: 2.17' -H 'X-Team: billing'", ""},
		{lro.Request{Method: "POST", URL: "https://h/", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"user":"me","password": "a\"b","n":1}`)},
			`curl https://h/ -i -X POST -H 'Content-Type: application/json' --data-raw '{"user":"me","password": "REDACTED","n":1}'`, "member password"},
		{lro.Request{Method: "POST", URL: "https://h/?sig=abc", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("grant=x&client_secret=abc")},
			`curl 'https://h/?sig=REDACTED' -i -X POST -H 'Content-Type: application/x-www-form-urlencoded' --data-raw 'grant=x&client_secret=REDACTED'`, "parameter sig, parameter client_secret"},
	} {
		got, hidden := Command(c.req, nil, false)
		if got != c.want || strings.Join(hidden, ", ") != c.hide {
			t.Errorf("got  %s (%s)\nwant %s (%s)", got, hidden, c.want, c.hide)
		}
	}
}

// No flag that may hold a secret ends up in the printed command.
func TestCommandShowsNoSecretOfAnyFlag(t *testing.T) {
	file := write(t, t.TempDir()+"/secret", "s3cret")
	for _, args := range [][]string{
		{"-u", "me:s3cret"}, {"-u", "s3cret:x"}, {"-u", "me:@" + file}, {"-H", "Authorization: Bearer s3cret"}, {"-H", "X-Api-Key: s3cret"},
		{"-H", "cookie: a=s3cret"}, {"-H", "x-goog-api-key:s3cret"}, {"--token-file", file}, {"--token-command", "echo s3cret"},
	} {
		head := newHeader(t, args...)
		always, submit, err := head.Build(&Input{})
		if err != nil {
			t.Fatal(err)
		}
		from, err := head.Credentials("https://h/?sig=s3cret", World{})
		if err != nil {
			t.Fatal(err)
		}
		got, _ := Command(lro.Request{Method: "POST", URL: "https://h/?sig=s3cret", Header: submit}, always, from != nil)
		if strings.Contains(got, "s3cret") || !strings.Contains(got, "REDACTED") {
			t.Errorf("%q: %s", args, got)
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":            "''",
		"abc-1_./:=@": "abc-1_./:=@",
		"a b":         "'a b'",
		"it's":        `'it'\''s'`,
		"'":           `''\'''`,
		"$HOME":       "'$HOME'",
		"a\nb":        "'a\nb'",
		"é":           "'é'",
		"a;b":         "'a;b'",
		"~":           "'~'",
		"a*":          "'a*'",
		"https://h/?": "'https://h/?'",
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

// A shell reads what was quoted as one word, and that word as it was.
func TestQuoteInAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, word := range []string{"", " ", "a b", "it's", "''", `\`, `\'`, "$HOME `id` $(id)", "a\nb\n", "-n", "*", "~", "!x", "#x", "é\xff", `"`} {
		out, err := exec.Command(sh, "-c", "printf %s "+Quote(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q comes out as %q, %v", word, out, err)
		}
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("it's")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		got := Quote(s)
		if unquote(got) != s {
			t.Errorf("Quote(%q) = %s", s, got)
		}
	})
}

// unquote reads a word as a shell does, as far as Quote writes any.
func unquote(s string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == '\\' && !quoted:
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
