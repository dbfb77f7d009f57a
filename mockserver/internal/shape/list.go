package shape

import (
	"cmp"
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// maxListed bounds how many operations a list has.
const maxListed = 100

// enumerate answers with the operations of the kind, the newest first.
func (k *kind) enumerate(x *speech.Exchange) {
	var all []work.View
	x.Host.Store.VisitAll(func(op *work.Operation) {
		if v := op.Look(x.Now); op.Manner == &k.dialect.Manner && !v.Gone && !(k.destroys && v.Recalled) {
			all = append(all, v)
		}
	})
	slices.SortFunc(all, func(a, b work.View) int { return cmp.Or(b.Accepted.Compare(a.Accepted), cmp.Compare(a.ID, b.ID)) })
	s := &scene{x: x, k: k}
	for i, v := range all[:min(len(all), maxListed)] {
		if i > 0 {
			s.items = append(s.items, ',')
		}
		a := k.pick(x, stateOf(v))
		item := a.body
		if !a.isJSON() {
			item = template{{text: "null"}}
		}
		s.items = append(s.items, trimLine(item.fill(nil, k.scene(x, v)))...)
	}
	k.pick(x, "list").send(s)
}

func trimLine(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return b
}
