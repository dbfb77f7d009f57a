// Package api reads and writes API files: one YAML file that says what an API is.
//
//	f, err := api.Read("reports.yaml", api.Options{}) // err names each line and field that is wrong
//	op, ok := f.Operation("createReport")
//	d, err := op.Dialect()                            // for the client
//	req, err := op.Build(api.Values{}, secrets)       // the submit
//
// The fields stand in one table, [Fields]: reading, errors, help, reference and the JSON Schema are made
// of it. A file is data. It holds no secret, grants no trust and loosens no bound.
package api
