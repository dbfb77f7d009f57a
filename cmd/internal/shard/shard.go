// Package shard reads which part of a whole a process is to do: --shard i/n, or auto where an engine
// numbers its tasks.
//
//	i, n, err := shard.Parse("auto", env) // 2, 8 in the third task of a Slurm array of eight
package shard

import (
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

// Parse reads i/n, or auto[/n] where an engine numbers its tasks in the environment. The error is one
// of usage. It is 0 of n for the first.
func Parse(text string, env func(string) string) (i, n int, err error) {
	if text == "auto" || strings.HasPrefix(text, "auto/") {
		return autoShard(strings.TrimPrefix(strings.TrimPrefix(text, "auto"), "/"), env)
	}
	a, b, ok := strings.Cut(text, "/")
	i, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	if !ok || errA != nil || errB != nil || n < 1 || i < 0 || i >= n {
		return 0, 0, app.Usagef("--shard %q: write i/n, i from 0 to n-1, as in 0/4; or auto", text)
	}
	return i, n, nil
}

// numbering is how one engine numbers its tasks.
type numbering struct {
	index string // the variable with the number
	count string // the variable with how many there are; empty: --shard auto/n says it
	first string // the variable with the smallest number; empty: it is from
	step  string // the variable with the step between numbers; empty: 1
	from  int
	name  string
}

var numberings = []numbering{
	{index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", first: "SLURM_ARRAY_TASK_MIN", step: "SLURM_ARRAY_TASK_STEP", name: "a Slurm array"},
	{index: "JOB_COMPLETION_INDEX", name: "a Kubernetes Indexed Job"},
	{index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", name: "an AWS Batch array"},
	{index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT", name: "Cloud Run tasks"},
	{index: "BATCH_TASK_INDEX", count: "BATCH_TASK_COUNT", name: "Google Batch tasks"},
	{index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", from: 1, name: "GitLab parallel jobs"},
	{index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", name: "CircleCI parallel jobs"},
	{index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT", name: "Buildkite parallel jobs"},
}

// insideArray are numberings that one may find besides: the tasks of one job step.
var insideArray = numbering{index: "SLURM_PROCID", count: "SLURM_NTASKS", name: "tasks of srun"}

// autoShard finds the one numbering that the environment has.
func autoShard(count string, env func(string) string) (int, int, error) {
	var found []numbering
	for _, n := range numberings {
		if env(n.index) != "" {
			found = append(found, n)
		}
	}
	if tasks := env(insideArray.count); env(insideArray.index) != "" && tasks != "" && tasks != "1" {
		found = append(found, insideArray)
	}
	switch len(found) {
	case 0:
		var names []string
		for _, n := range append(numberings, insideArray) {
			names = append(names, n.index)
		}
		return 0, 0, app.Usagef("--shard auto: no engine numbers its tasks here: none of %s is set", strings.Join(names, ", "))
	case 1:
		return found[0].read(count, env)
	}
	return 0, 0, app.Usagef("--shard auto: both %s and %s are set: write i/n", found[0].index, found[1].index)
}

func (n numbering) read(count string, env func(string) string) (i, of int, err error) {
	number := func(name string, fallback int) int {
		text := env(name)
		if name == "" || text == "" {
			return fallback
		}
		v, e := strconv.Atoi(text)
		if e != nil && err == nil {
			err = app.Usagef("--shard auto: %s is %q, not a number", name, text)
		}
		return v
	}
	i = (number(n.index, 0) - number(n.first, n.from)) / max(1, number(n.step, 1))
	of = number(n.count, 0)
	if count != "" {
		given, e := strconv.Atoi(count)
		switch {
		case e != nil:
			return 0, 0, app.Usagef("--shard auto/%s: %q is no number of parts", count, count)
		case of > 0 && of != given:
			return 0, 0, app.Usagef("--shard auto/%s: %s says that there are %d", count, n.count, of)
		}
		of = given
	}
	switch {
	case err != nil:
		return 0, 0, err
	case of == 0:
		return 0, 0, app.Usagef("--shard auto: %s numbers this task, but nothing says how many there are: write auto/n", n.name)
	case i < 0 || i >= of:
		return 0, 0, app.Usagef("--shard auto: %s is part %d of %d", n.index, i, of)
	}
	return i, of, nil
}

// Share is part i's share of a bound on all n parts together: the shares add up to it.
func Share(bound, i, n int) int {
	share := bound / n
	if i < bound%n {
		share++
	}
	return share
}
