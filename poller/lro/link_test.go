package lro

import (
	"net/http"
	"testing"
)

func TestMonitorLink(t *testing.T) {
	tests := []struct{ name, field, want string }{
		{"monitor", `</s/1>; rel="monitor"`, "/s/1"},
		{"status", `</s/1>;rel=status`, "/s/1"},
		{"upper case", `</s/1>; REL=MONITOR`, "/s/1"},
		{"one of several relations", `</s/1>; rel="up  monitor"`, "/s/1"},
		{"the second link", `</a>; rel=up, </s/1>; rel=monitor, </b>; rel=status`, "/s/1"},
		{"comma in the target", `</a,b>; rel=monitor`, "/a,b"},
		{"comma in quotes", `</a>; title="x, </evil>; rel=monitor"; rel=up, </s/1>; rel=monitor`, "/s/1"},
		{"relation in quotes", `</a>; title="x; rel=monitor"`, ""},
		{"escaped quote", `</a>; title="\"; rel=monitor"; rel=up`, ""},
		{"escaped quote before a comma", `</a>; title="\", </evil>; rel=monitor, "; rel=up`, ""},
		{"the first rel counts", `</a>; rel=up; rel=monitor`, ""},
		{"no relation", `</a>`, ""},
		{"another relation", `</a>; rel="monitoring"`, ""},
		{"parameter without a value", `</a>; rel`, ""},
		{"empty elements", `, ,</s/1>; rel=monitor`, "/s/1"},
		{"unclosed", `</a; rel=monitor`, ""},
		{"no target", `rel=monitor`, ""},
		{"open quote", `</a>; title="x, </s/1>; rel=monitor`, ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := monitorLink(test.field); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// firstOnly is a header section that gives the first value of a field only.
type firstOnly http.Header

func (h firstOnly) Get(name string) string { return http.Header(h).Get(name) }

func TestMonitorLinkOfSeveralLines(t *testing.T) {
	h := http.Header{"Link": {`</a>; rel=up`, `</s/1>; rel=monitor`}}
	if got := monitorLinkOf(Reply{Header: h}); got != "/s/1" {
		t.Errorf("all lines: got %q, want /s/1", got)
	}
	if got := monitorLinkOf(Reply{Header: firstOnly(h)}); got != "" {
		t.Errorf("the first line: got %q, want nothing", got)
	}
	if got := monitorLinkOf(Reply{}); got != "" {
		t.Errorf("no header: got %q, want nothing", got)
	}
}

func TestNames(t *testing.T) {
	const status = "https://api.example.com/v1/status/1?x=/v1"
	tests := []struct {
		url, ref string
		want     bool
	}{
		{status, status, true},
		{status, "/v1/status/1?x=/v1", true},
		{status, "/status/1?x=/v1", false},
		{status, "/v1", false},
		{status, "/1?x=/v1", false},
		{status, "//api.example.com/v1/status/1?x=/v1", false},
		{status, "1?x=/v1", false},
		{status, "/", false},
		{status, "", false},
		{"https://api.example.com?x=/v1", "/v1", false},
		{"/v1", "/v1", true},
		{"x/v1", "/v1", false},
	}
	for _, test := range tests {
		if got := names(test.url, test.ref); got != test.want {
			t.Errorf("names(%q, %q): got %v, want %v", test.url, test.ref, got, test.want)
		}
	}
}

func TestShown(t *testing.T) {
	tests := []struct{ ref, want string }{
		{"https://api.example.com/a/b", "https://api.example.com/a/b"},
		{"https://api.example.com?sig=x", "https://api.example.com"},
		{"https://u:p@api.example.com/a?sig=x#y", "https://api.example.com/a"},
		{"//u@h/a@b", "//h/a@b"},
		{"https://u:p@q@h", "https://h"},
		{"/a/b?x#y", "/a/b"},
		{"a#b?c", "a"},
	}
	for _, test := range tests {
		if got := shown(test.ref); got != test.want {
			t.Errorf("shown(%q): got %q, want %q", test.ref, got, test.want)
		}
	}
}
