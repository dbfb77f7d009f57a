package uwsjob

import (
	"encoding/xml"
	"strings"
	"testing"
)

const jobHead = `<uws:job xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" version="1.1">`

func TestPhase(t *testing.T) {
	for text, want := range map[string]string{
		`<?xml version="1.0"?>` + "\n" + jobHead + `<uws:jobId>7</uws:jobId><uws:phase> EXECUTING </uws:phase>`:     "EXECUTING",
		`<job xmlns="http://www.ivoa.net/xml/UWS/v1.0"><phase>QUEUED</phase></job>`:                                 "QUEUED",
		`<job xmlns='http://www.ivoa.net/xml/UWS/v1.0'><empty/><phase>HELD</phase></job>`:                           "HELD",
		jobHead + `<!-- <uws:phase>ERROR</uws:phase> --><uws:phase>PENDING</uws:phase></uws:job>`:                   "PENDING",
		jobHead + `<uws:parameters><uws:phase>ERROR</uws:phase></uws:parameters><uws:phase>QUEUED</uws:phase>`:      "QUEUED",
		jobHead + `<a b="</uws:job><uws:phase>ERROR</uws:phase>" c='>'/><![CDATA[<x>]]><uws:phase>HELD</uws:phase>`: "HELD",
		jobHead + `</uws:job>`:                                            "",
		jobHead + `<uws:phase>Executing</uws:phase>`:                      "", // not as the specification writes it
		jobHead + `<uws:phase></uws:phase>`:                               "",
		jobHead + `<uws:phase><b>QUEUED</b></uws:phase>`:                  "",
		jobHead + `<uws:phase>QUEUED`:                                     "",
		jobHead + `<uws:phase`:                                            "",
		jobHead + `<!-- `:                                                 "",
		jobHead + `<>`:                                                    "",
		`<!DOCTYPE job [<!ENTITY x "y">]>` + jobHead + `<phase>X</phase>`: "",
		`<uws:jobs xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"><uws:phase>QUEUED</uws:phase>`: "",
		`<job xmlns="http://www.ivoa.net/xml/UWS/v2.0"><phase>QUEUED</phase></job>`:            "",
		`<job><phase>QUEUED</phase></job>`:                                                     "",
		`<a:job xmlns:b="http://www.ivoa.net/xml/UWS/v1.0"><a:phase>QUEUED</a:phase></a:job>`:  "",
		`<a/>` + jobHead + `<phase>QUEUED</phase>`:                                             "",
		jobHead + `<!x/><uws:phase>QUEUED</uws:phase>`:                                         "", // a declaration may mean anything
		jobHead + `<x/><uws:phase>QUEUED</uws:phase>`:                                          "QUEUED",
		`{"phase": "QUEUED"}`: "",
		"":                    "",
	} {
		got, ok := Phase([]byte(text))
		if string(got) != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", text, got, ok, want)
		}
	}
}

// FuzzPhase: where the quick look finds a phase, so does encoding/xml, if it can read the
// document at all.
func FuzzPhase(f *testing.F) {
	for _, phase := range []string{"EXECUTING", "QUEUED", "COMPLETED", "ARCHIVED"} {
		f.Add(jobHead + "<uws:phase>" + phase + "</uws:phase></uws:job>")
		f.Add(`<?xml version="1.0"?><job xmlns="` + Namespace + `"><!-- x --><a b='>'/><phase>` + phase + "</phase><results/></job>")
	}
	f.Fuzz(func(t *testing.T, text string) {
		phase, ok := Phase([]byte(text))
		if !ok {
			return
		}
		var job struct {
			XMLName xml.Name `xml:"http://www.ivoa.net/xml/UWS/v1.0 job"`
			Phase   string   `xml:"phase"`
		}
		if xml.Unmarshal([]byte(text), &job) == nil && strings.TrimSpace(job.Phase) != string(phase) {
			t.Fatalf("the quick look finds %q, encoding/xml %q in %q", phase, job.Phase, text)
		}
	})
}
