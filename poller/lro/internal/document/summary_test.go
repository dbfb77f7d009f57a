package document

import (
	"strings"
	"testing"
)

// said returns the words that a document says in each place: "top running", "job succeeded".
func said(doc string) string {
	var v Summary
	v.Read(Text([]byte(doc)))
	var all []string
	for at, name := range []string{"top", "job", "inner"} {
		for _, s := range v.said[at] {
			if s.Text != nil {
				all = append(all, name+" "+string(s.Text))
			}
		}
	}
	return strings.Join(all, ", ")
}

// TestDepths: what is looked into, and what is not any more.
func TestDepths(t *testing.T) {
	for doc, want := range map[string]string{
		`{"status": "running"}`:                                        "top running",
		`{"job": {"status": "running"}}`:                               "job running",
		`{"thing": {"status": "running"}}`:                             "inner running",
		`{"status": {"state": "running"}}`:                             "job running",
		`{"data": {"attributes": {"status": "running"}}}`:              "job running",
		`{"thing": {"attributes": {"status": "running"}}}`:             "", // not JSON:API
		`{"data": {"other": {"status": "running"}}}`:                   "",
		`{"job": {"status": {"name": "running"}}}`:                     "job running",
		`{"job": {"status": {"status": {"name": "running"}}}}`:         "", // one deeper
		`{"errors": {"status": "running"}}`:                            "",
		`<job status="running"/>`:                                      "job running",
		`<a><b><c><d><phase>RUNNING</phase></d></c></b></a>`:           "job RUNNING",
		`<a><b><c><d><e><phase>RUNNING</phase></e></d></c></b></a>`:    "", // one deeper
		`<a><b/><b/><b/><b/><phase>RUNNING</phase></a>`:                "job RUNNING",
		`<a><phase>RUNNING</phase><phase>FAILED</phase></a>`:           "", // a list
		`<a>` + strings.Repeat(" ", 1<<15) + `<phase>RUNNING</phase>`:  "job RUNNING",
		`<a>` + strings.Repeat(" ", 64<<10) + `<phase>RUNNING</phase>`: "", // further off than is looked
	} {
		if got := said(doc); got != want {
			t.Errorf("%.80s: got %q, want %q", doc, got, want)
		}
	}
	for pad, want := range map[int]string{64<<10 - len("<a><phase>RUNNING<"): "job RUNNING", 64<<10 - len("<a><phase>"): ""} {
		if got := said("<a>" + strings.Repeat(" ", pad) + "<phase>RUNNING</phase></a>"); got != want {
			t.Errorf("%d blanks: got %q, want %q", pad, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for doc, want := range map[string]float64{
		`{"progress": 50}`: 50, `{"progress": "50%"}`: 50, `{"progress": 0}`: 0, `{"progress": 100}`: 100,
		`{"progress": 100.5}`: -1, `{"progress": -1}`: -1, `{"progress": "half"}`: -1, `{"progress": ""}`: -1,
		`{"job": {"progress": 20}, "progress": 30}`: 30, `{"thing": {"progress": 20}}`: -1,
	} {
		var v Summary
		v.Read(Text([]byte(doc)))
		got, known := v.Percent()
		if !known {
			got = -1
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", doc, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for body, want := range map[string]string{
		"\xef\xbb\xbf {}": "{}", ")]}'\n{}": "{}", ")]}',\n{}": "{}", "\xff\xfe{\x00}\x00": "{}", "\xfe\xff\x00{\x00}": "{}",
		"\xfe\xff\xd8\x3d\xde\x00": "\U0001F600", "\xff\xfe\x3d\xd8\x00\xde": "\U0001F600", "": "", "x": "x",
		"\xfe\xff\xd8\x3d": "\ufffd", "\xff\xfe{": "",
	} {
		if got := string(Text([]byte(body))); got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}
