package load

import (
	"bufio"
	"encoding/json"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/loadtest"
)

// recordsFile is --records: one line of JSON for each operation. A nil one takes nothing.
type recordsFile struct {
	file *app.File
	out  *bufio.Writer
	err  error
}

func (l *Command) openRecords() (*recordsFile, error) {
	if l.Load.records == "" {
		return nil, nil
	}
	file, err := app.Create(l.ctx, l.Load.records, app.Public)
	if err != nil {
		return nil, err
	}
	l.plan.Records = true
	return &recordsFile{file: file, out: bufio.NewWriterSize(file, 1<<16)}, nil
}

func (r *recordsFile) write(records []loadtest.Record) {
	if r == nil {
		return
	}
	e := json.NewEncoder(r.out)
	e.SetEscapeHTML(false)
	for i := range records {
		if r.err == nil {
			r.err = e.Encode(&records[i])
		}
	}
}

// commit writes what is left.
func (r *recordsFile) commit() error {
	if r == nil {
		return nil
	}
	if r.err == nil {
		r.err = r.out.Flush()
	}
	if r.err != nil {
		return r.err
	}
	return r.file.Commit()
}

func (r *recordsFile) close() {
	if r != nil {
		r.file.Abandon()
	}
}
