package target

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// limits reads how much may be asked of the API: limits: {rate: 5/s, parallel: 1, methods: [GET, POST]}.
func (r *fileReader) limits(n *yaml.Node) error {
	l := &r.f.Limits
	return r.mapping(n, "limits", fields{
		"rate": func(n *yaml.Node) error {
			rate, err := strconv.ParseFloat(strings.TrimSuffix(resolved(n).Value, "/s"), 64)
			if err != nil || rate <= 0 || rate > 1e6 {
				return r.at(n, "limits.rate is %s; write requests a second, as 5/s", shown(resolved(n)))
			}
			l.Rate = rate
			return nil
		},
		"parallel": func(n *yaml.Node) error {
			parallel, err := strconv.Atoi(resolved(n).Value)
			if err != nil || parallel < 1 {
				return r.at(n, "limits.parallel is %s; write how many operations may run at a time, as 1", shown(resolved(n)))
			}
			l.Parallel = parallel
			return nil
		},
		"methods": r.list("limits.methods", func(n *yaml.Node) error {
			text := resolved(n).Value
			if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, text) {
				return r.at(n, "limits.methods: %q is no method", text)
			}
			l.Methods = append(l.Methods, text)
			return nil
		}),
	})
}
