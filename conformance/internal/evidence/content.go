package evidence

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Content is the content of a message. In JSON it is a string if it is text, and else an object
// with the member "base64".
type Content []byte

// MarshalJSON returns the content as a string, or as {"base64": "..."} if it is not UTF-8.
func (c Content) MarshalJSON() ([]byte, error) {
	if utf8.Valid(c) {
		return json.Marshal(string(c))
	}
	return json.Marshal(encoded{Base64: c})
}

// UnmarshalJSON reads what [Content.MarshalJSON] writes.
func (c *Content) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		*c = Content(s)
		return nil
	}
	var e encoded
	if err := json.Unmarshal(text, &e); err != nil {
		return fmt.Errorf(`content is neither a string nor an object with the member "base64": %w`, err)
	}
	*c = e.Base64
	return nil
}

type encoded struct {
	Base64 []byte `json:"base64"`
}
