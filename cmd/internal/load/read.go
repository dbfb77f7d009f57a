package load

import (
	"io"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest"
)

// anySkew lets parts pass whenever they began.
const anySkew = 100 * 365 * 24 * time.Hour

// WholeFiles reads a result file as it is, with the warnings that its run or its merge left in it; several
// are merged.
func WholeFiles(w app.World, paths []string, o loadtest.MergeOptions) (*loadtest.Result, error) {
	if len(paths) == 1 {
		all, err := ReadResults(w, paths[0])
		if err != nil {
			return nil, err
		}
		if len(all) == 1 {
			return all[0], nil
		}
		return merged(all, o)
	}
	return MergedFiles(w, paths, o)
}

// MergedFiles reads result files and makes one result of them. A file, and stdin (-), may hold several
// documents, one after the other, as the logs of several machines do.
func MergedFiles(w app.World, paths []string, o loadtest.MergeOptions) (*loadtest.Result, error) {
	var all []*loadtest.Result
	for _, path := range paths {
		more, err := ReadResults(w, path)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return merged(all, o)
}

func merged(all []*loadtest.Result, o loadtest.MergeOptions) (*loadtest.Result, error) {
	one, err := loadtest.Merge(o, all...)
	if err != nil {
		return nil, app.Misused(err)
	}
	return one, nil
}

// ReadResults reads a result file by its name; - is stdin.
func ReadResults(w app.World, path string) ([]*loadtest.Result, error) {
	var in io.Reader = w.Stdin
	if path != "-" {
		f, err := bounded.Open(path, report.MaxFile)
		if err != nil {
			return nil, app.Usagef("%v", err)
		}
		defer f.Close()
		in = f
	}
	all, err := report.ReadAll(bounded.Stream(in))
	if err != nil {
		return nil, app.Usagef("%s: %v", path, err)
	}
	return all, nil
}

// ReadEach reads files of one result each.
func ReadEach(w app.World, paths []string) (all []*loadtest.Result, err error) {
	for _, path := range paths {
		results, err := ReadResults(w, path)
		if err != nil {
			return nil, err
		}
		if len(results) > 1 {
			return nil, app.Usagef("%s holds %d results: merge them first", path, len(results))
		}
		all = append(all, results[0])
	}
	return all, nil
}
