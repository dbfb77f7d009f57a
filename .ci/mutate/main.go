// Command mutate makes small wrong changes, one at a time, and says which of them no test notices.
//
//	go run ./.ci/mutate -n 60 -seed 1 ./poller/lro ./loadtest/... ./conformance/...
//
// A change turns one comparison, bound, constant, condition or sign around. It is made in an overlay:
// no file of the tree is touched. Each is tested with the tests of its own package, and, where those
// do not notice, with those of the packages named with -also. Changes are spread evenly over the
// packages and chosen by the seed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 60, "how many changes")
	seed := flag.Uint64("seed", 1, "chooses them")
	also := flag.String("also", "", "packages whose tests are run, too, separated by blanks")
	limit := flag.Duration("limit", 3*time.Minute, "for the tests of one change; a change that hangs is noticed")
	list := flag.Bool("list", false, "say which changes would be made, and make none")
	flag.Parse()
	chosen, err := choose(flag.Args(), *n, rand.New(rand.NewPCG(*seed, 0)))
	if err != nil {
		log.Fatal(err)
	}
	count := map[string]int{}
	for i, c := range chosen {
		if *list {
			fmt.Println(c)
			continue
		}
		verdict := try(c, strings.Fields(*also), *limit)
		fmt.Printf("%3d/%d %-9s %s\n", i+1, len(chosen), verdict, c)
		count[verdict]++
	}
	if !*list {
		fmt.Printf("%d of %d changes were noticed, %d survived; %d more do not compile\n", count["noticed"], count["noticed"]+count["survived"], count["survived"], count["none"])
	}
}

// choose takes n changes of the packages, as many of each as possible.
func choose(patterns []string, n int, dice *rand.Rand) ([]change, error) {
	out, err := exec.Command("go", append([]string{"list", "-f", "{{.ImportPath}}\t{{.Dir}}\t{{range .GoFiles}}{{.}} {{end}}"}, patterns...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var by [][]change
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 3 {
			continue
		}
		var all []change
		for _, file := range strings.Fields(fields[2]) {
			found, err := changes(fields[0], filepath.Join(fields[1], file))
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		by = append(by, all)
	}
	var chosen []change
	for round := 0; len(chosen) < n; round++ {
		before := len(chosen)
		for _, all := range by {
			if round < len(all) && len(chosen) < n {
				chosen = append(chosen, all[round])
			}
		}
		if len(chosen) == before {
			break
		}
	}
	return chosen, nil
}

// try says what the tests make of a change: noticed, survived, or none where it does not compile.
func try(c change, also []string, limit time.Duration) string {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	changed := filepath.Join(dir, "changed.go")
	overlay := filepath.Join(dir, "overlay.json")
	text, _ := json.Marshal(map[string]any{"Replace": map[string]string{c.file: changed}})
	if err := errors.Join(os.WriteFile(changed, c.content, 0o600), os.WriteFile(overlay, text, 0o600)); err != nil {
		log.Fatal(err)
	}
	if exec.Command("go", "build", "-overlay", overlay, c.pkg).Run() != nil {
		return "none"
	}
	for _, pkg := range append([]string{c.pkg}, also...) {
		ctx, stop := context.WithTimeout(context.Background(), limit)
		test := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-failfast", "-timeout", limit.String(), pkg)
		test.WaitDelay = 5 * time.Second
		err := test.Run()
		stop()
		if err != nil {
			return "noticed"
		}
	}
	return "survived"
}
