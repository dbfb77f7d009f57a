package mockserver

// A Parameter is one word of the vocabulary that [ParseScenario] reads, for help texts.
type Parameter struct {
	Name    string
	Allowed string // what its value may be
}

// Parameters returns the vocabulary, in the order in which it should be shown.
func Parameters() []Parameter {
	known := make([]Parameter, len(parameters))
	for i, p := range parameters {
		known[i] = Parameter{Name: p.name, Allowed: p.allowed}
	}
	return known
}
