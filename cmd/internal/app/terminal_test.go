package app

import "testing"

func TestColored(t *testing.T) {
	for _, c := range []struct {
		name, flag string
		env        map[string]string
		want       bool
	}{
		{"a terminal", "auto", map[string]string{"TERM": "xterm"}, true},
		{"a dumb one", "auto", map[string]string{"TERM": "dumb"}, false},
		{"a dumb one, forced", "auto", map[string]string{"TERM": "dumb", "CLICOLOR_FORCE": "1"}, true},
		{"forced with 0", "auto", map[string]string{"TERM": "dumb", "CLICOLOR_FORCE": "0"}, false},
		{"CLICOLOR=0", "auto", map[string]string{"TERM": "xterm", "CLICOLOR": "0"}, false},
		{"NO_COLOR beats force", "auto", map[string]string{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, false},
		{"an empty NO_COLOR is none", "auto", map[string]string{"NO_COLOR": "", "TERM": "xterm"}, true},
		{"always beats NO_COLOR", "always", map[string]string{"NO_COLOR": "1"}, true},
		{"never beats force", "never", map[string]string{"CLICOLOR_FORCE": "1"}, false},
	} {
		if got := Colored(c.flag, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
