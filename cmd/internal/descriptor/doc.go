// Package descriptor reads and writes dialects as files, in YAML or JSON:
//
//	d, err := descriptor.Parse("bakery.yaml", text) // err names each line and field that is wrong
//	dialect, err := d.Rules.Dialect()
//
// A descriptor is data: it names places and words, and holds neither expressions nor code nor
// credentials. What a field means is said by [Fields], which the program's own help is made of.
//
// The package does not read files, and it does not know what a rule does: that is package dialect's.
package descriptor
