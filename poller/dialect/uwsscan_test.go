package dialect

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

const jobHead = `<uws:job xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" version="1.1">`

func TestPhaseOf(t *testing.T) {
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
		`{"phase": "QUEUED"}`: "",
		"":                    "",
	} {
		got, ok := phaseOf([]byte(text))
		if string(got) != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", text, got, ok, want)
		}
	}
}

// FuzzPhaseOf: where the quick look finds that a job goes on, so does encoding/xml, if it can read the
// document at all.
func FuzzPhaseOf(f *testing.F) {
	for _, phase := range []string{"EXECUTING", "QUEUED", "COMPLETED", "ARCHIVED"} {
		f.Add(jobHead + "<uws:phase>" + phase + "</uws:phase></uws:job>")
		f.Add(`<?xml version="1.0"?><job xmlns="` + uwsNamespace + `"><!-- x --><a b='>'/><phase>` + phase + "</phase><results/></job>")
	}
	d := uwsFamily[0].dialect.(*uws)
	f.Fuzz(func(t *testing.T, text string) {
		phase, ok := phaseOf([]byte(text))
		if !ok {
			return
		}
		var got lro.Reading
		var op lro.Operation
		if d.goesOn(&got, &op, []byte(text)) && got.State.Terminal() {
			t.Fatalf("%s is no end", phase)
		}
		var job uwsJob
		if xml.Unmarshal([]byte(text), &job) == nil && strings.TrimSpace(job.Phase) != string(phase) {
			t.Fatalf("the quick look finds %q, encoding/xml %q in %q", phase, job.Phase, text)
		}
	})
}
