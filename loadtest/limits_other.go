//go:build !unix

package loadtest

// descriptors has nothing to check: there is no such limit here.
func (p *Plan) descriptors() error { return nil }

// allowedConnections is how many this process may have open.
func (p *Plan) allowedConnections() int { return defaultConnections }
