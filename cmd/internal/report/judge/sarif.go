package judge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// SARIF 2.1.0 (OASIS standard). GitHub refuses a whole file if one result has no physical location:
// so every result is anchored to [Options].Anchor. The exchange that shows a finding is in webRequest
// and webResponse (sections 3.46 and 3.47).

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Details     sarifDetails      `json:"automationDetails"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver struct {
		Name            string      `json:"name"`
		Version         string      `json:"version,omitempty"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		Rules           []sarifRule `json:"rules"`
	} `json:"driver"`
}

type sarifDetails struct {
	ID string `json:"id"`
}

type sarifRule struct {
	ID               string          `json:"id"`
	Name             string          `json:"name"`
	ShortDescription sarifText       `json:"shortDescription"`
	FullDescription  sarifText       `json:"fullDescription"`
	Help             sarifText       `json:"help"`
	Default          sarifDefault    `json:"defaultConfiguration"`
	Properties       sarifProperties `json:"properties"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags      []string `json:"tags"`
	Precision string   `json:"precision"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Started       string              `json:"startTimeUtc"`
	Ended         string              `json:"endTimeUtc"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Request      *sarifRequest      `json:"webRequest,omitempty"`
	Response     *sarifResponse     `json:"webResponse,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

type sarifRequest struct {
	Target  string            `json:"target"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    *sarifText        `json:"body,omitempty"`
}

type sarifResponse struct {
	Protocol   string            `json:"protocol,omitempty"`
	StatusCode int               `json:"statusCode,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Body       *sarifText        `json:"body,omitempty"`
	NoResponse bool              `json:"noResponseReceived,omitempty"`
}

func writeSARIF(b *bytes.Buffer, d *digest) error {
	run := sarifRun{ColumnKind: "utf16CodeUnits", Details: sarifDetails{"asyncctl/conformance/"}, Results: []sarifResult{}}
	run.Tool.Driver.Name = "asyncctl"
	run.Tool.Driver.Version = visible(d.Version)
	run.Tool.Driver.Rules = []sarifRule{}
	for _, e := range d.all() {
		at := -1
		if e.shown == string(conformance.Fail) || e.shown == string(conformance.Warn) || e.shown == waived {
			at = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, e.sarifRule())
			run.Results = append(run.Results, d.sarifResult(e, at))
		}
	}
	run.Invocations = []sarifInvocation{d.sarifInvocation()}
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// sarifInvocation reports whether the run was a whole one, and what else is to be known about it.
func (d *digest) sarifInvocation() sarifInvocation {
	i := sarifInvocation{
		Successful: d.verdict.Word == "passed" || d.verdict.Word == "failed",
		Started:    d.Started.UTC().Format(time.RFC3339), Ended: d.Started.Add(d.Elapsed).UTC().Format(time.RFC3339),
	}
	note := func(level, text string) {
		i.Notifications = append(i.Notifications, sarifNotification{level, sarifText{Text: text}})
	}
	if !i.Successful {
		note("error", d.headline())
	}
	for n := range d.Stale {
		note("error", "stale waiver for "+visible(d.Stale[n].Rule)+": "+staleText(&d.Stale[n]))
	}
	for _, e := range d.entries(string(conformance.Inconclusive)) {
		level := "warning"
		if e.fails {
			level = "error"
		}
		note(level, e.label()+" is inconclusive: "+e.why())
	}
	return i
}

// sarifRule is a rule with its help; its level is that of its words.
func (e *entry) sarifRule() sarifRule {
	r := e.rule
	level := map[conformance.Level]string{conformance.Must: "error", conformance.Should: "warning"}[r.Level]
	if level == "" {
		level = "note"
	}
	text := func(s string) sarifText {
		if s == "" {
			s = r.Title
		}
		return sarifText{Text: visible(s)}
	}
	rule := sarifRule{
		ID: e.ID, Name: camel(e.ID), ShortDescription: text(r.Title), FullDescription: text(r.Why),
		Default: sarifDefault{level}, Properties: sarifProperties{[]string{"asynchronous-api", "conformance"}, "high"},
	}
	if r.Basis != "" {
		rule.Properties.Tags = append(rule.Properties.Tags, "basis-"+string(r.Basis))
	}
	var lines, marked []string
	for _, part := range [][2]string{{"Why", r.Why}, {"Breaks", r.Breaks}, {"Fix", r.Fix}, {"Source", strings.Join(r.Sources, "; ")}} {
		if part[1] != "" {
			lines = append(lines, part[0]+": "+visible(part[1]))
			marked = append(marked, "**"+part[0]+".** "+markdownText(part[1]))
		}
	}
	more := "asyncctl explain " + e.ID
	rule.Help = sarifText{strings.Join(append(lines, more), "\n"), strings.Join(append(marked, "`"+more+"`"), "\n\n")}
	return rule
}

// camel makes a name of an id: "retry-after-syntax" is RetryAfterSyntax.
func camel(id string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(id, func(r rune) bool { return r == '-' || r == '/' || r == '_' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func (d *digest) sarifResult(e *entry, at int) sarifResult {
	level := "warning"
	if e.Outcome == conformance.Fail {
		level = "error"
	}
	r := sarifResult{RuleID: e.ID, RuleIndex: at, Level: level, Message: sarifText{Text: d.explanation(e)}}
	sum := sha256.Sum256([]byte(e.ID + "\n" + d.o.Anchor))
	r.Fingerprints = map[string]string{"asyncctlRule/v1": hex.EncodeToString(sum[:16])}
	if d.o.Anchor != "" {
		var l sarifLocation
		l.Physical.Artifact.URI = anchorURI(d.o.Anchor)
		l.Physical.Region.StartLine = 1
		r.Locations = []sarifLocation{l}
	}
	if e.shown == waived {
		r.Suppressions = []sarifSuppression{{"external", "accepted", e.excuse()}}
	}
	for i := range e.Findings {
		if _, x := d.exchange(&e.Findings[i]); x != nil {
			r.Request, r.Response = sarifWeb(x)
			break
		}
	}
	return r
}

// anchorURI is the relative reference of a file (RFC 3986, section 4.2).
func anchorURI(file string) string {
	u := url.URL{Path: strings.TrimPrefix(filepath.ToSlash(filepath.Clean(file)), "./")}
	return u.String()
}

func sarifWeb(x *conformance.Exchange) (*sarifRequest, *sarifResponse) {
	request := &sarifRequest{visible(withoutUser(x.Request.URL)), visible(x.Request.Method), sarifHeaders(x.Request.Header), sarifBody(x.Request.Body)}
	response := &sarifResponse{Headers: sarifHeaders(x.Response.Header), Body: sarifBody(x.Response.Body)}
	response.Protocol, response.StatusCode = visible(x.Response.Proto), x.Response.Status
	response.NoResponse = x.Response.Status == 0
	return request, response
}

func sarifHeaders(fields conformance.Fields) map[string]string {
	headers := map[string]string{}
	for _, f := range fields {
		name, value := visible(f.Name), visible(f.Value)
		if old, ok := headers[name]; ok {
			value = old + ", " + value // RFC 9110, section 5.3
		}
		headers[name] = value
	}
	return headers
}

func sarifBody(body []byte) *sarifText {
	if len(body) == 0 {
		return nil
	}
	return &sarifText{Text: strings.Join(visibleLines(string(body[:min(len(body), 64<<10)]), mostLines, lineWidth), "\n")}
}
