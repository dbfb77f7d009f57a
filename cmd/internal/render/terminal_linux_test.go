package render

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncctl/asyncctl/poller"
)

// terminal is a pseudo-terminal that remembers what was written to it, and answers nothing.
type terminal struct {
	master, slave *os.File

	mu   sync.Mutex
	text strings.Builder
}

func ioctl(t *testing.T, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
		t.Skipf("no pseudo-terminal: %v", errno)
	}
}

func openTerminal(t *testing.T, width, height uint16) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	var number, unlocked int32
	ioctl(t, master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked))
	ioctl(t, master, syscall.TIOCGPTN, unsafe.Pointer(&number))
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	ioctl(t, slave, syscall.TIOCSWINSZ, unsafe.Pointer(&[4]uint16{height, width}))
	term := &terminal{master: master, slave: slave}
	var reader sync.WaitGroup
	reader.Go(func() { io.Copy(term, master) })
	t.Cleanup(func() { slave.Close(); reader.Wait(); master.Close() })
	return term
}

func (term *terminal) Write(p []byte) (int, error) {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.text.Write(p)
}

// wait returns what was written, once it contains a text.
func (term *terminal) wait(t *testing.T, text string) string {
	t.Helper()
	for range 200 {
		term.mu.Lock()
		got := term.text.String()
		term.mu.Unlock()
		if strings.Contains(got, text) {
			return got
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("the terminal never shows %q, but %q", text, term.text.String())
	return ""
}

// waitAgain waits until a text is written after another one.
func (term *terminal) waitAgain(t *testing.T, after, text string) {
	t.Helper()
	for range 200 {
		term.mu.Lock()
		_, got, _ := strings.Cut(term.text.String(), after)
		term.mu.Unlock()
		if strings.Contains(got, text) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("the terminal never shows %q again", text)
}

// settings returns the modes of the line discipline.
func (term *terminal) settings(t *testing.T) syscall.Termios {
	t.Helper()
	var modes syscall.Termios
	ioctl(t, term.slave, syscall.TCGETS, unsafe.Pointer(&modes))
	return modes
}

// harmless are the sequences that a view may send: colours, hyperlinks, moving and erasing, and the cursor's
// visibility while it writes. Queries, modes, titles and the cursor's shape are not among them.
var harmless = regexp.MustCompile("\x1b\\[[0-9;]*[mABCDEFGHJKLMPXabd@]|\x1b\\[\\?25[hl]|\x1bM|\x1b\\]8;[^\x07\x1b]*(\x07|\x1b\\\\)")

func checkHarmless(t *testing.T, got string) {
	t.Helper()
	if rest := harmless.ReplaceAllString(got, ""); strings.Contains(rest, "\x1b") {
		t.Errorf("the terminal was sent more than text, colour and movement: %q", rest)
	}
	if strings.LastIndex(got, "\x1b[?25l") > strings.LastIndex(got, "\x1b[?25h") {
		t.Error("the cursor stays hidden")
	}
}

// suspendable is a view that gives the terminal back for a while.
type suspendable interface {
	View
	Suspend()
	Resume()
}

func TestViewsLeaveTheTerminalAsItWas(t *testing.T) {
	all := streams(t)
	for name, tt := range map[string]struct {
		open   func(*os.File) suspendable
		events []poller.Event
		live   string
		stays  string
	}{
		"tui": {
			func(f *os.File) suspendable { return NewTUI(f, Options{Color: true, Term: "xterm-256color"}) },
			all["success"], "copying table", "✓ succeeded\x1b[m after 46s: 9 polls, 0 early, job 44.9s, lag at most 990ms\r\n",
		},
		"bars": {
			func(f *os.File) suspendable { return NewBars(f, Options{Color: true, Names: NewRoster(orders(26)...)}) },
			all["many"], "order-26", "26 of 26 done: 22 succeeded, 3 failed, 1 lost, 23s\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			term := openTerminal(t, 80, 24)
			before := term.settings(t)
			v := tt.open(term.slave)
			for _, e := range tt.events[:len(tt.events)/3] {
				v.Event(e)
			}
			term.wait(t, tt.live)
			v.Suspend()
			v.Suspend()
			for _, e := range tt.events[len(tt.events)/3:] {
				v.Event(e)
			}
			v.Resume()
			v.Resume()
			v.Close()
			v.Close()
			v.Event(tt.events[2])
			v.Resume()
			got := term.wait(t, tt.stays)
			checkHarmless(t, got)
			if !strings.HasSuffix(got, tt.stays) {
				t.Errorf("after the last line there is more: %q", got[strings.LastIndex(got, tt.stays):])
			}
			if term.settings(t) != before {
				t.Error("the settings of the terminal have changed")
			}
		})
	}
}

func TestAnUnusedViewTouchesNothing(t *testing.T) {
	term := openTerminal(t, 80, 24)
	for _, v := range []suspendable{NewTUI(term.slave, Options{}), NewBars(term.slave, Options{})} {
		v.Suspend()
		v.Resume()
		v.Close()
	}
	if term.slave.WriteString("end"); term.wait(t, "end") != "end" {
		t.Errorf("the terminal was sent %q", term.text.String())
	}
}

func TestStartCostsNothingToSpeakOf(t *testing.T) {
	events := streams(t)["success"]
	term := openTerminal(t, 80, 24)
	began := time.Now()
	v := NewTUI(term.slave, Options{Color: true, Term: "xterm"})
	v.Event(events[1])
	started := time.Since(began)
	v.Close()
	t.Logf("the first event takes %v, and %v with Close", started, time.Since(began))
	if started > 20*time.Millisecond {
		t.Errorf("the first event takes %v", started)
	}
}
