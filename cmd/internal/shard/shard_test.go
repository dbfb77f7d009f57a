package shard

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	slurm := "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_STEP=2"
	tests := []struct {
		name, text, env string
		i, n            int
		wrong           string
	}{
		{"written", "2/3", "", 2, 3, ""},
		{"the last", "0/1", "", 0, 1, ""},
		{"beyond", "3/3", "", 0, 0, "i from 0 to n-1"},
		{"negative", "-1/3", "", 0, 0, "i from 0 to n-1"},
		{"no number", "a/3", "", 0, 0, "write i/n"},
		{"a Slurm array from 3 by 2", "auto", slurm, 2, 3, ""},
		{"the same, and the number agrees", "auto/3", slurm, 2, 3, ""},
		{"the same, and it does not", "auto/4", slurm, 0, 0, "says that there are 3"},
		{"an Indexed Job", "auto/3", "JOB_COMPLETION_INDEX=1", 1, 3, ""},
		{"the first of an Indexed Job", "auto/3", "JOB_COMPLETION_INDEX=0", 0, 3, ""},
		{"GitLab before its first", "auto", "CI_NODE_INDEX=0 CI_NODE_TOTAL=3", 0, 0, "is part -1 of 3"},
		{"an Indexed Job that does not say of how many", "auto", "JOB_COMPLETION_INDEX=1", 0, 0, "write auto/n"},
		{"an Indexed Job with fewer", "auto/1", "JOB_COMPLETION_INDEX=1", 0, 0, "is part 1 of 1"},
		{"GitLab counts from 1", "auto", "CI_NODE_INDEX=3 CI_NODE_TOTAL=3", 2, 3, ""},
		{"tasks of srun", "auto", "SLURM_PROCID=1 SLURM_NTASKS=2", 1, 2, ""},
		{"the one task of an array's job", "auto", slurm + " SLURM_PROCID=0 SLURM_NTASKS=1", 2, 3, ""},
		{"two engines", "auto", slurm + " CI_NODE_INDEX=3 CI_NODE_TOTAL=3", 0, 0, "both"},
		{"none", "auto", "", 0, 0, "no engine numbers"},
		{"nonsense in the environment", "auto", "CI_NODE_INDEX=x CI_NODE_TOTAL=3", 0, 0, "not a number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			env := map[string]string{}
			for _, v := range strings.Fields(test.env) {
				name, value, _ := strings.Cut(v, "=")
				env[name] = value
			}
			i, n, err := Parse(test.text, func(name string) string { return env[name] })
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Errorf("got %d/%d, %v; want an error with %q", i, n, err, test.wrong)
				}
				return
			}
			if err != nil || i != test.i || n != test.n {
				t.Errorf("got %d/%d, %v; want %d/%d", i, n, err, test.i, test.n)
			}
		})
	}
}

func TestShare(t *testing.T) {
	for bound := range 30 {
		for n := 1; n <= 7; n++ {
			sum := 0
			for i := range n {
				share := Share(bound, i, n)
				if share < bound/n || share > bound/n+1 {
					t.Errorf("part %d of %d has %d of %d", i, n, share, bound)
				}
				sum += share
			}
			if sum != bound {
				t.Errorf("the shares of %d in %d parts add up to %d", bound, n, sum)
			}
		}
	}
}
