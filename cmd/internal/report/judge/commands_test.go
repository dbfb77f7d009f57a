package judge

import "testing"

// The commands of all CI systems are broken up in reports, not GitHub's alone.
func TestVisibleHoldsNoCommand(t *testing.T) {
	for text, want := range map[string]string{
		"a ##vso[task.x]y": `a ##vso\x5btask.x]y`, "##teamcity[x]": `##teamcity\x5bx]`, "##[group]": `##\x5bgroup]`,
		"\r  ::error::x": `   :\x3aerror::x`, "section_start:1": `section_start\x3a1`,
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
