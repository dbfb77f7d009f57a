package render

import (
	"strconv"
	"sync"
)

// Roster is the names of several operations, by the number in their events. Names may be added while
// events come, from any goroutine. A nil Roster is that of a single operation.
type Roster struct {
	mu    sync.Mutex
	names map[int]string
	total int
}

// NewRoster returns the roster of operations whose numbers begin with 0. Without names it is one to which
// names are added.
func NewRoster(names ...string) *Roster {
	r := &Roster{names: map[int]string{}, total: len(names)}
	for i, name := range names {
		r.names[i] = name
	}
	return r
}

// Add names one more operation.
func (r *Roster) Add(number int, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[number] = name
}

// Expect says how many operations there will be.
func (r *Roster) Expect(total int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total = total
}

// name returns a name as it may be shown; the number where there is none.
func (r *Roster) name(number int) string {
	if r != nil {
		r.mu.Lock()
		name := r.names[number]
		r.mu.Unlock()
		if name != "" {
			return Clean(name)
		}
	}
	return "#" + strconv.Itoa(number+1)
}

// size is how many operations there are, as far as it is known; seen is how many have begun.
func (r *Roster) size(seen int) int {
	if r == nil {
		return seen
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(r.total, len(r.names), seen)
}
