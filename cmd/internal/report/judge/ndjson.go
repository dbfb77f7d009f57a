package judge

import (
	"bytes"
	"encoding/json"

	"github.com/asyncctl/asyncctl/conformance"
)

// record is one line of [NDJSON]. Exactly one field is set; the first line is a start and the last
// one an end, so that a stream that was cut off can be told.
type record struct {
	Start      *jsonRun                `json:"start,omitempty"`
	Transcript *conformance.Transcript `json:"transcript,omitempty"`
	Result     *jsonResult             `json:"result,omitempty"`
	Stale      *jsonWaiver             `json:"stale_waiver,omitempty"`
	End        *jsonVerdict            `json:"end,omitempty"`
}

func writeNDJSON(b *bytes.Buffer, d *digest) error {
	run, verdict := d.jsonRun(), d.jsonVerdict()
	records := []record{{Start: &run}}
	for i := range d.Transcripts {
		records = append(records, record{Transcript: &d.Transcripts[i]})
	}
	for _, r := range d.jsonResults() {
		records = append(records, record{Result: &r})
	}
	for _, s := range d.jsonStale() {
		records = append(records, record{Stale: &s})
	}
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	for _, r := range append(records, record{End: &verdict}) {
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
