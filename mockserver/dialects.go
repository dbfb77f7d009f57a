package mockserver

import (
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/vendor"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// AllDialects is the [Server].Dialect with which each dialect is served below its
// name, as in /google-lro/v1/jobs, and the generic one at every other path.
const AllDialects = speech.AllDialects

// A DialectInfo describes how one family of APIs speaks of slow operations.
type DialectInfo = speech.DialectInfo

// Dialects returns the dialects that a [Server] speaks, the generic one first.
func Dialects() []DialectInfo {
	all := slices.Clone(speech.All)
	for _, kinds := range vendor.All() {
		all = append(all, kinds[0])
	}
	infos := make([]DialectInfo, len(all))
	for i, d := range all {
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
	return append(names, vendor.Names()...)
}

// dialectNamed finds a dialect by its name or one of its other names, or nil.
func dialectNamed(name string) *speech.Dialect {
	if d := speech.ByDialect[name]; d != nil {
		return d
	}
	return vendor.Named(name)
}

// manners are what ids may be spoken of in, by the names of dialects.
func (s *Server) manners() map[string]*work.Manner {
	all := map[string]*work.Manner{}
	if s.router != nil {
		for _, d := range s.router.Dialects() {
			all[d.Name] = &d.Manner
		}
		return all
	}
	all = speech.Manners()
	for _, kinds := range vendor.All() {
		for _, d := range kinds {
			all[d.Name] = &d.Manner
		}
	}
	return all
}
