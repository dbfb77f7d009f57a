package evidence

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/schema"
)

// evidenceName is the file that says what was known about the target.
const evidenceName = "evidence.json"

// evidenceFile and transcriptFile are what the files hold.
type evidenceFile struct {
	Schema      string   `json:"schema"`
	Dialect     string   `json:"dialect"`
	Target      Target   `json:"target"`
	Methods     []string `json:"methods,omitempty"`
	Recorded    bool     `json:"recorded,omitempty"`
	Transcripts []string `json:"transcripts"` // the names of their files
}

type transcriptFile struct {
	Schema string `json:"schema"`
	Transcript
}

// Record writes evidence to a directory, which it makes if need be: a file for each transcript, and
// evidence.json, which names them and is written last. Each file is written whole or not at all. A
// directory that holds other evidence is overwritten; files that it does not name are left alone.
func Record(dir string, e *Evidence) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the directory for the transcripts cannot be made: %w", err)
	}
	index := evidenceFile{Schema: schema.Evidence, Dialect: e.Dialect, Target: e.Target, Methods: e.Methods, Recorded: e.Recorded, Transcripts: []string{}}
	for i, t := range e.Transcripts {
		name := fmt.Sprintf("%02d-%s.json", i+1, strings.ReplaceAll(t.Probe, "/", "-"))
		if err := writeFile(filepath.Join(dir, name), transcriptFile{schema.Transcript, t}); err != nil {
			return err
		}
		index.Transcripts = append(index.Transcripts, name)
	}
	return writeFile(filepath.Join(dir, evidenceName), index)
}

// writeFile writes a JSON document beside its place and moves it there.
func writeFile(path string, document any) error {
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer os.Remove(f.Name()) // it is gone where all went well
	_, err = f.Write(append(text, '\n'))
	if err := cmp.Or(err, f.Close()); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return nil
}

// Replay reads the evidence that [Record] wrote.
func Replay(dir string) (*Evidence, error) {
	var index evidenceFile
	if err := readFile(filepath.Join(dir, evidenceName), &index); err != nil {
		return nil, err
	}
	if index.Schema != schema.Evidence {
		return nil, fmt.Errorf("%s: its schema is %q, and this program reads %q", filepath.Join(dir, evidenceName), index.Schema, schema.Evidence)
	}
	e := &Evidence{Dialect: index.Dialect, Target: index.Target, Methods: index.Methods, Recorded: index.Recorded}
	for _, name := range index.Transcripts {
		if name != filepath.Base(name) || slices.Contains([]string{"", ".", ".."}, name) {
			return nil, fmt.Errorf("%s: %q is not the name of a file beside it", filepath.Join(dir, evidenceName), name)
		}
		path := filepath.Join(dir, name)
		var t transcriptFile
		if err := readFile(path, &t); err != nil {
			return nil, err
		}
		if t.Schema != schema.Transcript {
			return nil, fmt.Errorf("%s: its schema is %q, and this program reads %q", path, t.Schema, schema.Transcript)
		}
		e.Transcripts = append(e.Transcripts, t.Transcript)
	}
	if len(e.Transcripts) == 0 {
		return nil, fmt.Errorf("%s: it names no transcript", filepath.Join(dir, evidenceName))
	}
	return e, nil
}

// readDocument reads a file of the recording, which is a regular one that is no larger than a HAR may be.
func readDocument(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxHAR:
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxHAR>>20)
	}
	return os.ReadFile(path)
}

func readFile(path string, into any) error {
	text, err := readDocument(path)
	if errors.Is(err, os.ErrNotExist) && filepath.Base(path) == evidenceName {
		return fmt.Errorf("%s holds no recorded transcripts: there is no %s in it", filepath.Dir(path), evidenceName)
	}
	if err != nil {
		return fmt.Errorf("a transcript cannot be read: %w", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s is not what was recorded: %w", path, err)
	}
	return nil
}
