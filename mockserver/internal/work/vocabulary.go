package work

// A Parameter is one word of the vocabulary that [ParseScenario] reads, or that
// follows the name of a fault, for help texts.
type Parameter struct {
	Name    string `json:"name"`
	Allowed string `json:"allowed"` // what its value may be
}

// Parameters returns the vocabulary, in the order in which it should be shown.
func Parameters() []Parameter {
	known := make([]Parameter, len(parameters))
	for i, p := range parameters {
		known[i] = Parameter{Name: p.name, Allowed: p.allowed}
	}
	return known
}
