//go:build unix

package loadtest

import (
	"fmt"
	"syscall"
)

// descriptors checks that the connections of the plan may be open at the same time.
func (p *Plan) descriptors() error {
	var limit syscall.Rlimit
	if p.Transport != nil || p.Connections == 0 || syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return nil
	}
	if need := uint64(p.connections() + p.spareDescriptors()); need > uint64(limit.Cur) {
		return fmt.Errorf("%d connections need %d file descriptors, and this process may have %d: raise the limit (ulimit -n %d) or use fewer connections",
			p.connections(), need, limit.Cur, need)
	}
	return nil
}

// allowedConnections is how many this process may have open.
func (p *Plan) allowedConnections() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return defaultConnections
	}
	return max(1, int(min(limit.Cur, 1<<30))-p.spareDescriptors())
}
