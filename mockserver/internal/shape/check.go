package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// A check is a Check that is ready.
type check struct {
	Check
	is, value any
}

// compileChecks reads the rules that a submit has to keep.
func (c *kind) compileChecks(all []Check) error {
	for _, given := range all {
		ready := check{Check: given}
		for _, v := range []struct {
			from json.RawMessage
			to   *any
		}{{given.Is, &ready.is}, {given.Value, &ready.value}} {
			if v.from == nil {
				continue
			}
			decoder := json.NewDecoder(bytes.NewReader(v.from))
			decoder.UseNumber()
			if err := decoder.Decode(v.to); err != nil {
				return fmt.Errorf("check: %w", err)
			}
		}
		if name := given.Answer; name != "" && c.answers[name] == nil {
			return fmt.Errorf("check: there is no answer %q", name)
		}
		c.check = append(c.check, ready)
	}
	return nil
}

// broken is the refusal of a submit that breaks a rule, or nil.
func (c *kind) broken(x *speech.Exchange) *speech.Problem {
	document := speech.Document{Content: x.Content}
	for i := range c.check {
		if r := &c.check[i]; r.breaks(x.R, &document) {
			word := r.Answer
			if word == "" {
				word = "invalid"
			}
			return &speech.Problem{Status: http.StatusBadRequest, Detail: r.Detail, Word: word}
		}
	}
	return nil
}

func (r *check) breaks(request *http.Request, document *speech.Document) bool {
	switch {
	case r.Header != "":
		return request.Header.Get(r.Header) == ""
	case r.Has != "":
		value, ok := document.At(r.Has)
		return ok && same(value, r.value)
	}
	value, ok := document.At(r.Missing)
	if r.Is != nil {
		return !ok || !same(value, r.is)
	}
	return !ok || value == nil || value == ""
}

// same compares JSON values.
func same(a, b any) bool {
	left, _ := json.Marshal(a) // they were JSON
	right, _ := json.Marshal(b)
	return bytes.Equal(left, right)
}
