package cmd

import "testing"

// A command is found by the name under which it is listed.
func TestCommandsHaveTheirNames(t *testing.T) {
	for _, c := range commands {
		if got := c.make(Process()).Name(); got != c.name {
			t.Errorf("%s is listed as %s", got, c.name)
		}
	}
}
