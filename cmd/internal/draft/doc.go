// Package draft writes API files from what was seen of an API: a conversation, an OpenAPI document or a
// built-in dialect.
//
//	d, err := draft.Learn(exchanges)
//	text := d.YAML() // passes api.Parse; guesses carry comments
//
// What was not seen is a commented line and never a default.
package draft
