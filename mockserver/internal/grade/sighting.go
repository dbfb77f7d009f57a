package grade

import (
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// maxSightings bounds how many sightings are kept.
const maxSightings = 1000

// A Sighting is a request to the other origin that carried what was meant for
// the first one.
type Sighting struct {
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Operation string    `json:"operation,omitempty"` // the id of the operation it was about, or empty
	Names     []string  `json:"names"`               // of the header fields that should not be there, never their values
}

// credentials are header fields that no client may carry to another origin.
var credentials = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token", "Idempotency-Key"}

// Sightings are the requests that gave something away, the first ones.
type Sightings struct {
	Mu  sync.Mutex
	All []Sighting
}

// Look takes note of what a request to the other origin gives away.
func (f *Sightings) Look(x *speech.Exchange) {
	var names []string
	for _, name := range credentials {
		if len(x.R.Header[name]) > 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return
	}
	f.Mu.Lock()
	defer f.Mu.Unlock()
	if len(f.All) == maxSightings {
		return
	}
	f.All = append(f.All, Sighting{Time: x.Now, Method: x.R.Method, Path: x.R.URL.Path, Operation: work.Clip(x.Target.ID), Names: names})
}

// Reset forgets them.
func (f *Sightings) Reset() {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.All = nil
}
