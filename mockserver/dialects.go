package mockserver

import (
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// AllDialects is the [Server].Dialect with which each dialect is served below its
// name, as in /google-lro/v1/jobs, and the generic one at every other path.
const AllDialects = speech.AllDialects

// A DialectInfo describes how one family of APIs speaks of slow operations.
type DialectInfo = speech.DialectInfo

// Dialects returns the dialects that a [Server] speaks, the generic one first.
func Dialects() []DialectInfo {
	infos := make([]DialectInfo, len(speech.All))
	for i, d := range speech.All {
		infos[i] = d.DialectInfo
		infos[i].OtherOrigin = d.Has(speech.NeedsForeign)
		infos[i].Aliases, infos[i].Header = slices.Clone(d.Aliases), slices.Clone(d.Header)
		for _, k := range fault.Kinds {
			if fault.Lacks(d, k.Name) != "" {
				infos[i].Without = append(infos[i].Without, k.Name)
			}
		}
	}
	return infos
}

func dialectNames() []string {
	names := make([]string, len(speech.All))
	for i, d := range speech.All {
		names[i] = d.Name
	}
	return names
}
