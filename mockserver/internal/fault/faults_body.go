package fault

import (
	"net/http"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// bodyFaults spoil the bodies of the answers about an operation.
var bodyFaults = []Kind{
	{
		Name:    "body-truncated",
		summary: "the connection ends in the middle of the body",
		exposes: "reading an answer that is cut off as if it were whole",
		rules:   []string{"content-type-declared"},
		on:      speech.OnPoll | speech.OnResult,
		rewrite: func(h *hit) bool {
			h.w.limit = h.length() / 2
			return h.length() > 0
		},
	},
	{
		Name:    "body-stalled",
		summary: "the body stops in the middle, and the connection stays open for delay",
		exposes: "a time limit that ends with the header",
		rules:   []string{"content-type-declared"},
		on:      speech.OnPoll | speech.OnResult, defaults: Fault{Delay: 30 * time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.w.limit, h.w.hold = h.length()/2, h.fault.Delay
			return h.length() > 0
		},
	},
	{
		Name:    "body-mistyped",
		summary: "the body is a login page in HTML that calls itself JSON, with the same status",
		exposes: "taking whatever comes for a status document, or for the result",
		rules:   []string{"content-type-declared", "status-url-resolves", "reaches-terminal"},
		on:      speech.OnPoll | speech.OnResult,
		excuses: speech.OnPoll | speech.OnResult,
		rewrite: func(h *hit) bool {
			if h.a.Code/100 != 2 {
				return false
			}
			h.reply(http.StatusOK, "application/json", []byte("<!DOCTYPE html>\n<title>Sign in</title>\n<form action=/login>...</form>\n"))
			return true
		},
	},
	{
		Name:    "body-gigantic",
		summary: "a status document is padded with bytes of text",
		exposes: "reading a body of any size into memory",
		rules:   []string{"reaches-terminal"},
		on:      speech.OnPoll, defaults: Fault{Bytes: 16 << 20},
		params:  []faultParam{sizeParam("bytes")},
		excuses: speech.OnPoll,
		rewrite: func(h *hit) bool {
			if h.more || !h.insert(`,"padding":"`) {
				return false
			}
			for h.a.Body[len(h.a.Body)-1] != '"' {
				h.a.Body = h.a.Body[:len(h.a.Body)-1]
			}
			h.a.Fill, h.a.Tail = h.fault.Bytes, "\"}\n"
			return true
		},
	},
}

// length is how long the body will be.
func (h *hit) length() int64 {
	if declared, err := strconv.ParseInt(h.a.Header.Get("Content-Length"), 10, 64); err == nil {
		return declared
	}
	return int64(len(h.a.Body)) + h.a.Fill
}
