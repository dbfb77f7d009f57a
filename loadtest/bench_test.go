package loadtest_test

import (
	"os/exec"
	"testing"
)

// TestBenchmarksBuild keeps the programs that "go build ./..." does not see in step with the package.
func TestBenchmarksBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	vet := exec.Command("go", "vet", "./bare", "./load", "./side", "./standard", "./truth")
	vet.Dir = "testdata/bench"
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
