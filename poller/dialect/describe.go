package dialect

import (
	"slices"
	"strings"
)

// Describe returns what is known of the built-in dialect of that name.
func Describe(name string) (Info, bool) {
	i := slices.IndexFunc(builtins, func(b builtin) bool { return b.Name == name })
	if i < 0 {
		return Info{}, false
	}
	info := builtins[i].Info
	if r, ok := builtins[i].dialect.(interface{ ruled() *Rules }); ok {
		info.describe(r.ruled())
	}
	_, info.Data = RulesOf(name)
	for _, m := range marks {
		if m.dialect == name {
			info.Told = append(info.Told, m.text)
		}
	}
	if name == "uws" {
		info.Told = append(info.Told, uwsCue)
	}
	return info, true
}

func (d *rules) ruled() *Rules { return &d.Rules }

// describe says in words what the rules say, where the family does not say it in better ones.
func (info *Info) describe(d *Rules) {
	info.CancelDestroys = d.Cancel.Destroys
	if info.Cancel == "" && d.Cancel.Method != "" {
		info.Cancel = d.Cancel.Method + " " + said(d.Cancel.URL)
		if d.Cancel.Body != "" {
			info.Cancel += " with " + d.Cancel.Body
		}
	}
	if info.Result != "" {
		return
	}
	var places []string
	if len(d.Result) > 0 {
		places = append(places, said(d.Result))
	}
	if d.Inline != "" {
		places = append(places, d.Inline+" of the last answer")
	}
	info.Result = strings.Join(append(places, "the last answer itself")[:max(len(places), 1)], ", else ")
}

// said says templates in words.
func said(templates []string) string {
	var places []string
	for _, t := range templates {
		if name, whole := Hole(t); whole && strings.ContainsAny(name, "/:") {
			t = "the URL at " + name
		}
		places = append(places, t)
	}
	return strings.Join(places, ", else ")
}
