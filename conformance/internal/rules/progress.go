package rules

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// progressRules speak about how far the work is said to be.
var progressRules = []Rule{{
	ID: "progress-sane", Code: "P11", Level: Should, Basis: BasisPattern,
	Title:   "Progress is a number from 0 to 100 that does not fall, and times are RFC 3339",
	Why:     "Progress is shown to people and compared by machines. A share from 0 to 1, a string or a local time means something else to each of them.",
	Breaks:  "Progress bars jump, stand still at 1 %, or run backwards; ages are wrong by the time zone.",
	Fix:     "Send percentComplete as a JSON number, never less than before, and 100 only at the end; send createdAt once and lastUpdatedAt with an offset (\"2026-01-02T03:04:05Z\").",
	Sources: []string{"Asynchronous Request-Reply pattern, solution (percentComplete, createdAt, lastUpdatedAt)", "RFC 3339, section 5.6"},
	Fault:   "progress-backwards",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeRapid},
	check: checkProgress,
}}

var (
	percentMembers = []string{"percentComplete", "percentageComplete", "PercentComplete", "percent_complete", "progressPercent"}
	createdMembers = []string{"createdAt", "createdDateTime", "created"}
	updatedMembers = []string{"lastUpdatedAt", "lastActionDateTime", "updatedAt", "updated"}
)

// clockSlack is by how much a time may lie after Date.
const clockSlack = 5 * time.Second

func checkProgress(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRapid, evidence.ProbeFail) {
		p := progressSeen{percent: -1}
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAgain) {
			x := &c.Exchanges[i]
			doc := jsontext.Value(x.Response.Body)
			said := c.says(i)
			if x.Response.Status != http.StatusOK && x.Response.Status != http.StatusAccepted || x.Err != "" || !doc.IsObject() || said.miss {
				continue
			}
			if said.outcome == lro.Undecided || said.native != "" {
				p.look(&s, c, i, doc, said)
			}
		}
		if p.fractions && p.most <= 1 {
			s.add(c, p.at, []string{fmt.Sprintf("%q: %v", p.name, p.percent)}, "%s is a share of 1, not of 100: it is never more than %v", p.name, p.most)
		}
	}
	return s.verdict("it is sane", notApplicable("no status says how far it is, or when it began"))
}

// progressSeen is what one operation was said to be so far.
type progressSeen struct {
	name      string
	percent   float64
	most      float64
	fractions bool // there was a share of 1
	ended     bool // there was one at the end of a success
	at        int  // the last exchange with one
	created   string
	last      time.Time
}

func (p *progressSeen) look(s *seen, c *conversation, i int, doc jsontext.Value, said saying) {
	x := &c.Exchanges[i]
	if value, ok := doc.At("/progress"); ok {
		if n, isNumber := value.Number(); isNumber && n < 0 {
			s.look(x)
			s.add(c, i, []string{`"progress": ` + string(value)}, "progress is less than nothing: %s", value)
		}
	}
	if name, value := firstMember(doc, percentMembers); value != "" {
		p.name = name
		s.look(x)
		line := []string{`"` + name + `": ` + value}
		n, isNumber := jsontext.Value(value).Number()
		switch {
		case !isNumber:
			s.add(c, i, line, "%s is not a number: %s", name, value)
		case n < 0 || n > 100:
			s.add(c, i, line, "%s is not between 0 and 100: %s", name, value)
		case n < p.percent:
			s.add(c, i, line, "%s falls, from %v to %v", name, p.percent, n)
		case n == 100 && !said.end():
			s.addMild(c, i, line, "%s is 100, and the operation goes on", name)
		}
		if isNumber {
			p.percent, p.most = n, max(p.most, n)
			p.fractions = p.fractions || n > 0 && n < 1
			p.ended = p.ended || said.outcome == lro.Succeeded
			p.at = i
		}
	}
	if name, value := firstMember(doc, createdMembers); value != "" && value[0] == '"' {
		s.look(x)
		switch at, err := parseTime(value); {
		case err != nil:
			s.add(c, i, []string{`"` + name + `": ` + value}, "%s is no time of RFC 3339 with an offset: %s", name, value)
		case p.created != "" && p.created != value:
			s.add(c, i, []string{p.created, value}, "%s changes from one answer to the next", name)
		case future(at, x):
			s.add(c, i, []string{`"` + name + `": ` + value, "Date: " + x.Response.Header.Get("Date")}, "%s lies in the future of Date", name)
		}
		p.created = value
	}
	if name, value := firstMember(doc, updatedMembers); value != "" && value[0] == '"' {
		s.look(x)
		p.lookAtUpdate(s, c, i, name, value)
	}
}

func (p *progressSeen) lookAtUpdate(s *seen, c *conversation, i int, name, value string) {
	line := []string{`"` + name + `": ` + value}
	at, err := parseTime(value)
	switch {
	case err != nil:
		s.add(c, i, line, "%s is no time of RFC 3339 with an offset: %s", name, value)
		return
	case at.Before(p.last):
		s.add(c, i, line, "%s goes back", name)
	case p.created != "" && at.Add(clockSlack).Before(p.createdAt()):
		s.add(c, i, append(line, p.created), "%s lies before the operation was created", name)
	case future(at, &c.Exchanges[i]):
		s.add(c, i, append(line, "Date: "+c.Exchanges[i].Response.Header.Get("Date")), "%s lies in the future of Date", name)
	}
	p.last = at
}

// createdAt is when the operation was created, by its document.
func (p *progressSeen) createdAt() time.Time {
	at, _ := parseTime(p.created)
	return at
}

// firstMember is the first of the members that is there, with its JSON text.
func firstMember(doc jsontext.Value, names []string) (string, string) {
	for _, name := range names {
		if value, ok := doc.At("/" + name); ok && string(value) != "null" {
			return name, string(value)
		}
	}
	return "", ""
}

// parseTime reads a time of RFC 3339, whose letters may be lower case (section 5.6).
func parseTime(value string) (time.Time, error) {
	return time.Parse(time.RFC3339, strings.ToUpper(unquote(value)))
}

// future reports whether a time lies after the Date of the answer that holds it, and after the moment at which
// it came: otherwise it is Date that is wrong.
func future(at time.Time, x *evidence.Exchange) bool {
	date, err := http.ParseTime(x.Response.Header.Get("Date"))
	return err == nil && at.After(date.Add(clockSlack)) && at.After(x.Answered.Add(clockSlack))
}
