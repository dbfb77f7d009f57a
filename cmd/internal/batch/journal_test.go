package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func open(t *testing.T, path string) *Journal {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// What was added is there after any cut of the file: each line whole, or not at all.
func TestJournalSurvivesEveryCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	op, err := lro.Resume("https://api.example.com/op/1")
	if err != nil {
		t.Fatal(err)
	}
	marks := []Mark{
		{Line: 1, Stage: Sending, Sum: "s1", Key: `"k1"`},
		{Line: 1, Stage: Accepted, Handle: &op},
		{Line: 2, Stage: Sending, Sum: "s2"},
		{Line: 1, Stage: Done, Record: &Record{Line: 1, Outcome: "succeeded"}},
		{Line: 2, Stage: Unsent},
	}
	for _, m := range marks {
		if err := j.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	for cut := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := Open(path)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		known := max(0, strings.Count(string(whole[:cut]), "\n")-1)
		want := map[int]Stage{}
		for _, m := range marks[:known] {
			want[m.Line] = m.Stage
		}
		for line, stage := range want {
			m, ok := j.Mark(line)
			if !ok || m.Stage != stage {
				t.Errorf("cut at %d: line %d is %q, want %q", cut, line, m.Stage, stage)
			}
			if line == 1 && (m.Sum != "s1" || m.Key != `"k1"`) {
				t.Errorf("cut at %d: the sum or the key was forgotten: %+v", cut, m)
			}
		}
		if err := j.Add(Mark{Line: 9, Stage: Sending}); err != nil {
			t.Errorf("cut at %d: %v", cut, err)
		}
		j.Close()
		again := open(t, path)
		if m, ok := again.Mark(9); !ok || m.Stage != Sending {
			t.Errorf("cut at %d: what was added after it is not there", cut)
		}
		again.Close()
	}
}

func TestJournalRefusesWhatIsNone(t *testing.T) {
	for name, text := range map[string]string{
		"another file":    "hello\n",
		"one line":        "-----BEGIN PRIVATE KEY-----",
		"a short file":    "{}",
		"a list":          `{"url":"https://api.example.com"}` + "\n",
		"nearly one":      `{"asyncctl_journal":1} ` + "\n",
		"one with more":   `{"asyncctl_journal":1,"x":2}` + "\n",
		"half a head":     `{"asyncctl_journal":1}x`,
		"another version": `{"asyncctl_journal":2}` + "\n",
		"a damaged line":  `{"asyncctl_journal":1}` + "\n{nonsense}\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path); err == nil {
				t.Fatal("it was taken for a journal")
			}
			if got, _ := os.ReadFile(path); string(got) != text {
				t.Errorf("it was changed to %q", got)
			}
		})
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a directory was taken for a journal")
	}
}

// Through a link, too, nothing is cut that is not a journal; one that is a journal stays where it is.
func TestJournalThroughALink(t *testing.T) {
	dir := t.TempDir()
	link, key := filepath.Join(dir, "journal"), filepath.Join(dir, "key.pem")
	if err := os.WriteFile(key, []byte("-----BEGIN"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(key, link); err != nil {
		t.Skip(err)
	}
	if _, err := Open(link); err == nil {
		t.Error("a key was taken for a journal")
	}
	if got, _ := os.ReadFile(key); string(got) != "-----BEGIN" {
		t.Errorf("it was changed to %q", got)
	}
	os.Remove(key)
	j := open(t, link)
	j.Add(Mark{Line: 1, Stage: Sending})
	j.Close()
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info, err)
	}
	if text, _ := os.ReadFile(key); !strings.HasPrefix(string(text), head) {
		t.Errorf("the journal is %q", text)
	}
}

func BenchmarkJournalAdd(b *testing.B) {
	for _, at := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint(at), func(b *testing.B) {
			j, err := Open(filepath.Join(b.TempDir(), "journal"))
			if err != nil {
				b.Fatal(err)
			}
			defer j.Close()
			b.SetParallelism(max(1, at/runtime.GOMAXPROCS(0)))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := j.Add(Mark{Line: 1, Stage: Sending, Sum: "0123456789abcdef"}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func TestJournalIsLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	defer j.Close()
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "in use by another run") {
		t.Errorf("a second run got %v", err)
	}
}

func TestJournalByMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	var running sync.WaitGroup
	for i := range 200 {
		running.Go(func() {
			if err := j.Add(Mark{Line: i, Stage: Sending}); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	j.Close()
	j = open(t, path)
	defer j.Close()
	for i := range 200 {
		if _, ok := j.Mark(i); !ok {
			t.Errorf("line %d is not there", i)
		}
	}
}
