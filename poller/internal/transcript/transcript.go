// Package transcript reads wire transcripts, plays them to a dialect and compares what the fold
// made of each reply with what the transcript says:
//
//	func TestTranscripts(t *testing.T) {
//		transcript.Run(t, "testdata/generic/*.txtar", lro.Generic{})
//	}
//
// A transcript is a txtar file. Its comment says what it shows, and names the specification that it
// is taken from in a line that begins with "Source:". Then follow, each with a "-- want --" section
// if there is something to compare:
//
//	-- policy --                 lro.Policy as "key: value" lines; at most once, first
//	-- submit --                 METHOD URL, header lines, a blank line, the content
//	-- resume --                 instead of submit: a status URL
//	-- reply --                  status line, header lines, a blank line, the content
//	-- reply +5s --              the same, 5 s after the reply before
//	-- reply more --             the content is longer than what was read of it
//	-- reply: unexpected EOF --  the content broke off
//	-- error: reset --           no reply; "error +5s: reset" says when
//	-- unsent: refused --        the same, and nothing was sent
//	-- cancel --                 what was answered to the request to cancel it
//
// Time begins at [Start]. A reply without "+" comes in when the floor allows it, but at least 1 s
// after the one before. The last newline of a section does not count as content.
//
// A want section holds "key: value" lines; the keys are those of the table in want.go, and "none"
// stands for what is empty. A key that is not one is an error.
package transcript

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Start is when every transcript begins.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Transcript is one recorded conversation.
type Transcript struct {
	Name    string // of the file
	Comment string
	Policy  *lro.Policy
	Submit  lro.Request // the zero value: it begins with Resume
	Resume  string      // a status URL
	Want    []Want      // of the operation before the first reply
	Steps   []Step
}

// Step is one thing that happens to the operation.
type Step struct {
	Label  string        // names it in messages: "reply 3 (303)"
	After  time.Duration // since the step before; negative: when the floor allows it
	Reply  lro.Reply
	Cancel bool // the reply is to the request to cancel it
	Want   []Want
}

// Want is one line of a want section.
type Want struct{ Key, Value string }

// ParseFile reads one transcript.
func ParseFile(name string) (*Transcript, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.Base(name), data)
}

// Parse reads one transcript from its text.
func Parse(name string, data []byte) (*Transcript, error) {
	archive := txtar.Parse(data)
	t := &Transcript{Name: name, Comment: string(archive.Comment)}
	if !strings.Contains("\n"+t.Comment, "\nSource: ") {
		return nil, fmt.Errorf("%s: its comment has no line \"Source: ...\"", name)
	}
	wants := 0
	for i, file := range archive.Files {
		if err := t.section(file); err != nil {
			return nil, fmt.Errorf("%s: section %d (%s): %w", name, i+1, file.Name, err)
		}
		if file.Name == "want" {
			wants++
		}
	}
	switch {
	case t.Submit.URL == "" && t.Resume == "":
		return nil, fmt.Errorf("%s: it begins neither with submit nor with resume", name)
	case wants == 0:
		return nil, fmt.Errorf("%s: it wants nothing", name)
	}
	return t, nil
}

// section takes over one section of the file.
func (t *Transcript) section(file txtar.File) error {
	head, cause, _ := strings.Cut(file.Name, ":")
	words := strings.Fields(head)
	if len(words) == 0 {
		return errors.New("it has no name")
	}
	content := strings.TrimSuffix(string(file.Data), "\n")
	begun := t.Submit.URL != "" || t.Resume != ""
	switch words[0] {
	case "policy":
		if begun || t.Policy != nil {
			return errors.New("it belongs at the beginning")
		}
		return t.policy(content)
	case "submit", "resume":
		if begun {
			return errors.New("it has begun already")
		}
		if words[0] == "resume" {
			t.Resume = strings.TrimSpace(content)
			return nil
		}
		return t.submit(content)
	case "want":
		return t.want(content)
	case "reply", "error", "unsent", "cancel":
		if !begun {
			return errors.New("it has not begun")
		}
		return t.step(words, strings.TrimSpace(cause), content)
	}
	return errors.New("there is no such section")
}

// step takes over a reply, or why there is none.
func (t *Transcript) step(words []string, cause, content string) error {
	s := Step{After: -1, Cancel: words[0] == "cancel"}
	for _, w := range words[1:] {
		if w == "more" {
			s.Reply.More = true
			continue
		}
		after, err := time.ParseDuration(strings.TrimPrefix(w, "+"))
		if err != nil || w[0] != '+' {
			return fmt.Errorf("%q is neither \"more\" nor a time like +5s", w)
		}
		s.After = after
	}
	s.Label = fmt.Sprintf("%s %d", words[0], len(t.Steps)+1)
	if cause != "" {
		s.Reply.Err = errors.New(cause)
	}
	switch words[0] {
	case "error", "unsent":
		if cause == "" || content != "" {
			return errors.New("it must give a cause, as in \"error: connection reset\", and no content")
		}
		s.Reply.Unsent = words[0] == "unsent"
	default:
		if err := readReply(&s.Reply, content); err != nil {
			return err
		}
		s.Label += fmt.Sprintf(" (%d)", s.Reply.Status)
	}
	t.Steps = append(t.Steps, s)
	return nil
}

// want takes over what is expected of the section before.
func (t *Transcript) want(content string) error {
	to := &t.Want
	if n := len(t.Steps); n > 0 {
		to = &t.Steps[n-1].Want
	}
	if len(*to) > 0 {
		return errors.New("two in a row")
	}
	return eachField(content, func(key, value string) error {
		if facts[key] == nil && key != "next-header" {
			return fmt.Errorf("there is no key %q", key)
		}
		for _, w := range *to {
			if w.Key == key && key != "next-header" {
				return fmt.Errorf("%q is there twice", key)
			}
		}
		*to = append(*to, Want{key, value})
		return nil
	})
}
