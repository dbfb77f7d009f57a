package api

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadWaivers(t *testing.T) {
	for _, text := range []string{
		"- {rule: a-rule, reason: API-7, expires: 2026-05-31}\n- rule: S11\n  reason: b\n  expires: '2026-06-01'\n",
		"waivers:\n  - {rule: a-rule, reason: API-7, expires: 2026-05-31}\n  - {rule: S11, reason: b, expires: 2026-06-01}\n",
	} {
		got, err := ReadWaivers(writeFile(t, text))
		if err != nil || len(got) != 2 || got[0].Rule != "a-rule" || got[0].Reason != "API-7" || got[1].Expires.Format(time.DateOnly) != "2026-06-01" {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	for text, want := range map[string]string{
		"- {rule: a, reason: b}":                                                                   `:1:3: [0].expires: "" is not a day: write 2026-12-31`,
		"- {rule: a, reason: b, expires: soon}":                                                    `"soon" is not a day`,
		"- {rule: a, expires: 2026-01-01}":                                                         "[0].reason: it is missing",
		"- {rule: a, reason: ' ', expires: 2026-01-01}":                                            "[0].reason: it is missing",
		"- {rule: a, reason: 'CHANGE ME: x', expires: 2026-01-01}":                                 "[0].reason: it is missing",
		"- {reason: a, expires: 2026-01-01}":                                                       "[0].rule: it is missing",
		"\n- {rule: a, reasn: b, expires: 2026-01-01}":                                             ":2:13: [0].reasn: there is no such field; did you mean reason?",
		"- {rule: a, reason: b, expires: 2026-01-01}\n- {rule: a, reason: b, expires: 2026-01-01}": ":2:3: [1]: there is such a waiver for a already",
		"rule: a": "rule: there is no such field",
		"a":       "it holds a single value; wanted is a list",
	} {
		if got, err := ReadWaivers(writeFile(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %+v, %v, want %s", text, got, err, want)
		}
	}
}

// writeFile returns the path of a file with that text.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
