// Package openapi finds in an OpenAPI 3 document the operations that answer 202, and makes an example
// of a submit for each.
//
//	doc, err := openapi.Read("api.yaml")
//	for _, op := range doc.Asynchronous() { ... }
//	submit, remarks, err := op.Submit("")
//
// It reads YAML and JSON, OpenAPI 3.0 to 3.2, and follows references within the document. It is no
// validator: of what it does not need it takes no notice. References to other files, and content that
// is neither JSON nor a form, are beyond it, and it says so.
package openapi
