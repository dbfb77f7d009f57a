package fault

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// codeFaults answer with an HTTP status of one's own.
var codeFaults = []Kind{{
	Name:     "status",
	summary:  "the answer is an error with the status code, and Retry-After if it is given, by default to the first request of each sort; a submit is not taken then",
	exposes:  "giving up at the first 5xx, or not heeding its Retry-After",
	on:       speech.OnSubmit | speech.OnPoll | speech.OnResult | speech.OnCancel,
	defaults: Fault{First: 1, Code: http.StatusServiceUnavailable},
	params:   []faultParam{codeParam, secondsParam, sortParam},
	excuses:  speech.OnSubmit,
	before:   func(h *hit) bool { return h.phase == speech.OnSubmit && h.refused() },
	rewrite:  func(h *hit) bool { return h.phase != speech.OnSubmit && h.refused() },
}}

// refused puts the error in the place of the answer.
func (h *hit) refused() bool {
	if h.fault.On != "" && h.fault.On != sortOf(h.phase) {
		return false
	}
	h.problem(h.fault.Code, "the server answers "+strconv.Itoa(h.fault.Code)+" because it was asked to")
	if h.fault.Delay > 0 {
		h.hint(wholeSeconds(h.fault.Delay))
	}
	return true
}

// sorts are the requests that a fault may be limited to.
var sorts = []struct {
	name  string
	phase speech.Phase
}{{"submit", speech.OnSubmit}, {"poll", speech.OnPoll}, {"result", speech.OnResult}, {"cancel", speech.OnCancel}}

func sortOf(phase speech.Phase) string {
	for _, s := range sorts {
		if s.phase == phase {
			return s.name
		}
	}
	return ""
}

var codeParam = faultParam{"code", "an HTTP status from 400 to 599", func(f *Fault, value string) bool {
	n, err := strconv.Atoi(value)
	f.Code = n
	return err == nil && n >= 400 && n <= 599
}, func(f *Fault) string {
	if f.Code == 0 {
		return ""
	}
	return strconv.Itoa(f.Code)
}}

var secondsParam = faultParam{"retry-after", "whole seconds from 1 to 86400", func(f *Fault, value string) bool {
	n, err := strconv.Atoi(strings.TrimSuffix(value, "s"))
	f.Delay = time.Duration(n) * time.Second
	return err == nil && n >= 1 && n <= 86400
}, func(f *Fault) string {
	if f.Delay == 0 {
		return ""
	}
	return wholeSeconds(f.Delay)
}}

var sortParam = faultParam{"on", "submit, poll, result or cancel", func(f *Fault, value string) bool {
	f.On = value
	for _, s := range sorts {
		if s.name == value {
			return true
		}
	}
	return false
}, func(f *Fault) string { return f.On }}
