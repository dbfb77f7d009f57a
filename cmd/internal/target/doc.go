// Package target reads and writes the files that a person keeps for a conformance run: the target
// file, which describes the API under test, and the waivers, which excuse findings for a time.
//
//	file, err := target.Read("conformance.yaml", os.Getenv)
//	// file.Target goes to the suite, file.Credentials beside it
//
// Both are YAML (JSON too) and are read strictly: an error names the file, the line and the field,
// and says what may stand there. The package sends nothing, and holds secrets only as long as its
// caller does; no error has the value of a secret.
package target
