package poller

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Decode reads the result as one JSON document into v, as json.Unmarshal does, and closes Body. Something behind
// the document is an error, and so is a document of more than 64 MiB.
func (r *Result) Decode(v any) error {
	defer r.Body.Close()
	d := json.NewDecoder(io.LimitReader(r.Body, maxInline))
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("the result (%.60q) is not the expected JSON: %w", r.Header.Get("Content-Type"), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("something follows the document")
		}
		return fmt.Errorf("the result is not one JSON document: %w", err)
	}
	return nil
}
