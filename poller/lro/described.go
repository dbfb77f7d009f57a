package lro

import "encoding/json"

// Described names the description of an API that an operation was begun with, and holds what of it
// whoever goes on with the operation needs. This package keeps it in the handle and reads none of it.
type Described struct {
	// API is the description's name, and Operation that of the operation in it.
	API       string `json:"api,omitempty"`
	Operation string `json:"operation,omitempty"`
	// Rules is the dialect as data, one JSON object without credentials.
	Rules json.RawMessage `json:"rules,omitempty"`
}
