package lro_test

import (
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestReadProblem(t *testing.T) {
	long := strings.Repeat("ä", 4000)
	tests := []struct {
		name, media, body string
		want              *lro.Problem
	}{
		{"problem details", "application/problem+json",
			`{"type":"https://e.com/p","title":"T","detail":"D","instance":"/i","status":400,"code":"C","extra":1}`,
			&lro.Problem{Type: "https://e.com/p", Title: "T", Detail: "D", Instance: "/i", Code: "C"}},
		{"members of the wrong type", "application/problem+json", `{"type":1,"title":["T"],"detail":{"a":"b"},"instance":null,"code":7}`, nil},
		{"Azure", "application/json", `{"error":{"code":"C","message":"M"}}`, &lro.Problem{Code: "C", Detail: "M"}},
		{"AIP-193", "application/json", `{"error":{"code":5,"message":"M","status":"NOT_FOUND"}}`, &lro.Problem{Detail: "M"}},
		{"JSON:API", "application/vnd.api+json", `{"errors":[{"code":"C","title":"T","detail":"D"},{"title":"U"}]}`, &lro.Problem{Code: "C", Title: "T", Detail: "D"}},
		{"error as text", "application/json", `{"error":"it broke","message":"later"}`, &lro.Problem{Detail: "it broke"}},
		{"message", "application/json", `{"message":"M"}`, &lro.Problem{Detail: "M"}},
		{"OSB", "application/json", `{"error":"AsyncRequired","description":"D"}`, &lro.Problem{Detail: "AsyncRequired"}},
		{"Elasticsearch", "application/json", `{"error":{"type":"x","reason":"R"}}`, &lro.Problem{Type: "x", Title: "R"}},
		{"FHIR", "application/fhir+json", `{"issue":[{"diagnostics":"I"}]}`, &lro.Problem{Detail: "I"}},
		{"the error goes before what surrounds it", "", `{"message":"outer","error":{"message":"inner"}}`, &lro.Problem{Detail: "inner"}},
		{"byte order mark", "", "\ufeff{\"title\":\"T\"}", &lro.Problem{Title: "T"}},
		{"too long", "", `{"title":"` + long + `"}`, &lro.Problem{Title: strings.Repeat("ä", 2048)}},
		{"cut within a letter", "", `{"title":"a` + long + `"}`, &lro.Problem{Title: "a" + strings.Repeat("ä", 2047)}},
		{"nothing said", "application/json", `{"id":1}`, nil},
		{"an array", "application/json", `[{"title":"T"}]`, nil},
		{"plain text", "Text/Plain; charset=utf-8", " no \xff paper\n", &lro.Problem{Detail: "no  paper"}},
		{"plain blanks", "text/plain", " \n", nil},
		{"a page", "text/html", "<h1>Bad Gateway</h1>", nil},
		{"nothing", "", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := lro.ReadProblem(reply(422, fields("Content-Type", test.media), test.body))
			switch {
			case (got == nil) != (test.want == nil):
				t.Errorf("got %+v, want %+v", got, test.want)
			case got != nil:
				test.want.Status = 422
				if *got != *test.want {
					t.Errorf("got %+v, want %+v", *got, *test.want)
				}
			}
		})
	}
}

func TestProblemString(t *testing.T) {
	tests := []struct {
		problem *lro.Problem
		want    string
	}{
		{nil, ""},
		{&lro.Problem{}, ""},
		{&lro.Problem{Title: "T"}, "T"},
		{&lro.Problem{Title: "T", Detail: "D"}, "T: D"},
		{&lro.Problem{Title: "T", Detail: "T"}, "T"},
		{&lro.Problem{Detail: "D", Code: "C"}, "D (C)"},
		{&lro.Problem{Code: "C"}, "C"},
	}
	for _, test := range tests {
		if got := test.problem.String(); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.problem, got, test.want)
		}
	}
}
