package reach

import "slices"

// Keys is the rule about credentials: they belong to one origin, the one that the person named them for,
// and go to no other unless the person trusts it by name. Nothing that a server, a file or a list says
// adds to it. The zero value opens nothing.
type Keys struct {
	// Home is the origin that the credentials belong to, as [Origin] has it; "" for none.
	Home string
	// Trusted are further origins that may have them, because the person said so.
	Trusted []string
}

// Open reports whether a request to a URL may carry the credentials: header fields that the person set,
// tokens, client certificates, and the content of a submit.
func (k Keys) Open(absolute string) bool { return k.Opens(Origin(absolute)) }

// Opens is [Keys.Open] for an origin.
func (k Keys) Opens(origin string) bool {
	return origin != "" && (origin == k.Home || slices.Contains(k.Trusted, origin))
}

// Stranger returns the first of several URLs, that a person or a file named beside the first, whose origin the
// keys do not open; "" if there is none. What has no origin is a stranger too.
func (k Keys) Stranger(urls ...string) string {
	for _, url := range urls {
		if !k.Open(url) {
			return url
		}
	}
	return ""
}

// Clone returns a copy; nil for nil.
func (k *Keys) Clone() *Keys {
	if k == nil {
		return nil
	}
	c := *k
	c.Trusted = slices.Clone(k.Trusted)
	return &c
}
