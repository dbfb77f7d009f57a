package rules

import (
	"math/big"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/show"
)

// enoughIDs is how many status URLs it takes to see a pattern in them.
const enoughIDs = 3

// randomBits is how many bits at least must differ between two ids.
const randomBits = 33

func checkUnguessable(e *facts) Verdict {
	if !e.openStatus() {
		return notApplicable("the status URL does not work without credentials")
	}
	var urls []string
	var last *conversation
	for _, c := range e.talks() {
		for _, op := range c.after {
			if op.StatusURL != "" && !slices.Contains(urls, op.StatusURL) {
				urls, last = append(urls, op.StatusURL), c
			}
		}
	}
	begun := 0
	for _, c := range e.talks() {
		if c.accepted >= 0 {
			begun++
		}
	}
	switch {
	case len(urls) < enoughIDs && begun >= enoughIDs:
		return notApplicable("%d operations have %s: a status URL is not that of one operation", begun, show.Count(len(urls), "status URL"))
	case len(urls) < enoughIDs:
		return inconclusive("there are only %d status URLs to compare", len(urls))
	}
	ids := varying(urls)
	if bits := spread(ids); bits < randomBits {
		return judged([]Finding{last.finding(max(last.accepted, 0), ids[:min(len(ids), 5)], "the status URL works without credentials, and the ids of %d operations differ by %d bits", len(ids), bits)}, Verdict{})
	}
	return pass("the ids of %d operations show no pattern", len(ids))
}

// openStatus reports whether a status URL was read without credentials.
func (e *facts) openStatus() bool {
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeAuth, evidence.ProbeAside) {
		for i := range c.Exchanges {
			x := &c.Exchanges[i]
			if (x.Role == evidence.RoleBare || x.Role == evidence.RolePoll || x.Role == evidence.RoleImmediate) && !carriesSecret(x) && x.Response.Status == 200 {
				return true
			}
		}
	}
	return false
}

// varying is what is left of texts without what all begin and end with.
func varying(all []string) []string {
	head, tail := all[0], all[0]
	for _, s := range all[1:] {
		for !strings.HasPrefix(s, head) {
			head = head[:len(head)-1]
		}
		for !strings.HasSuffix(s, tail) {
			tail = tail[1:]
		}
	}
	head = strings.TrimRight(head, "0123456789") // 1001 and 1002 differ as numbers, not by a digit
	tail = strings.TrimLeft(tail, "0123456789")
	parts := make([]string, len(all))
	for i, s := range all {
		end := max(len(s)-len(tail), len(head))
		parts[i] = s[len(head):end]
	}
	return parts
}

// spread is by how many bits ids differ: for numbers by their distance, for others by the number of
// places in which they do.
func spread(ids []string) int {
	if numbers := asNumbers(ids); numbers != nil {
		least, most := slices.MinFunc(numbers, (*big.Int).Cmp), slices.MaxFunc(numbers, (*big.Int).Cmp)
		return new(big.Int).Sub(most, least).BitLen()
	}
	bits := 0
	longest := ""
	for _, id := range ids {
		if len(id) > len(longest) {
			longest = id
		}
	}
	for place := range longest {
		places := map[byte]bool{}
		for _, id := range ids {
			if place < len(id) {
				places[id[place]] = true
			}
		}
		if len(places) > 1 {
			bits += bitsOf(ids)
		}
	}
	return bits
}

// bitsOf is how many bits a place of the ids holds: four in hexadecimal, five in a larger alphabet.
func bitsOf(ids []string) int {
	for _, id := range ids {
		if strings.Trim(strings.ToLower(id), "0123456789abcdef-") != "" {
			return 5
		}
	}
	return 4
}

func asNumbers(ids []string) []*big.Int {
	var numbers []*big.Int
	for _, id := range ids {
		n, ok := new(big.Int).SetString(id, 10)
		if !ok {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}
