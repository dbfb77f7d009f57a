package wire

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Origin is a server as a worker sends to it.
type Origin struct {
	Name    string // as [lro.Origin] has it
	Secure  bool
	Foreign bool   // it gets nothing that the person configured
	Host    string // without port, for TLS
	Trailer []byte // what ends the head of each request: version, Host, the plan's header
	Header  http.Header
	Number  int // of the worker's pools
	addresses
}

// Origins finds the origin of URLs. Each worker has its own: the target's and those that the plan
// allows, made before it starts, and other ports of this machine, as a server names them. All others
// are refused, so that no resolver is asked while the load runs.
type Origins struct {
	Home    string
	targets Targets
	byName  map[string]*Origin
	All     []*Origin
}

// Targets is what may be loaded.
type Targets struct {
	Home     string   // the origin of the submits
	Allow    []string // other origins
	Trust    []string // those that get the plan's header beside home
	Header   http.Header
	Closes   bool // each request has a connection of its own
	Resolves bool // addresses are looked up
}

// NewOrigins makes those that the plan names, and asks for their addresses.
func NewOrigins(ctx context.Context, t Targets) (*Origins, error) {
	o := &Origins{Home: t.Home, targets: t, byName: map[string]*Origin{}}
	for _, name := range append([]string{t.Home}, t.Allow...) {
		if _, ok := o.byName[name]; ok {
			continue
		}
		made, err := newOrigin(ctx, &t, name)
		if err != nil {
			return nil, err
		}
		o.add(made)
	}
	return o, nil
}

// Open reports whether a URL is at an origin that gets what the person configured.
func (o *Origins) Open(url string) bool {
	return reach.Keys{Home: o.targets.Home, Trusted: o.targets.Trust}.Open(url)
}

func (o *Origins) add(made *Origin) {
	made.Number = len(o.All)
	o.byName[made.Name], o.All = made, append(o.All, made)
}

// With returns the same origins for another worker, or with another header. The header was sent before
// with other values, so that it can be sent.
func (o *Origins) With(header http.Header) *Origins {
	same := &Origins{Home: o.Home, targets: o.targets, byName: map[string]*Origin{}}
	same.targets.Header = header
	for _, each := range o.All {
		made := *each
		made.addresses = each.addresses.clone()
		_ = made.fill(&same.targets)
		same.add(&made)
	}
	return same
}

func newOrigin(ctx context.Context, t *Targets, name string) (*Origin, error) {
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	o := &Origin{Name: name, Secure: u.Scheme == "https", Host: u.Hostname()}
	if err := o.fill(t); err != nil {
		return nil, err
	}
	if t.Resolves {
		o.all, err = resolve(ctx, u)
	}
	return o, err
}

// fill makes what each request to the origin carries.
func (o *Origin) fill(t *Targets) error {
	o.Header = http.Header{"User-Agent": {"asyncctl"}, "Accept": {"*/*"}}
	o.Foreign = !(reach.Keys{Home: t.Home, Trusted: t.Trust}).Opens(o.Name)
	if !o.Foreign {
		for field, values := range t.Header {
			o.Header[http.CanonicalHeaderKey(field)] = values
		}
	}
	_, host, _ := strings.Cut(o.Name, "://")
	return o.render(host, t.Closes)
}

// Config returns what a connection to the origin begins with; from is the plan's, or nil.
func (o *Origin) Config(from *tls.Config) *tls.Config {
	c := &tls.Config{}
	switch {
	case from == nil:
	case o.Foreign:
		c = Stripped(from)
	default:
		c = from.Clone()
	}
	if c.ServerName == "" || o.Foreign {
		c.ServerName = o.Host
	}
	return c
}

// Stripped returns a configuration without client certificates and without leave to skip checks.
func Stripped(from *tls.Config) *tls.Config {
	if from == nil {
		return nil
	}
	c := from.Clone()
	c.Certificates, c.GetClientCertificate, c.InsecureSkipVerify = nil, nil, false
	return c
}

// render writes what ends the head of each request.
func (o *Origin) render(host string, closes bool) error {
	if named := o.Header.Get("Host"); named != "" {
		host = named
		o.Header = o.Header.Clone()
		o.Header.Del("Host")
	}
	b := []byte(" HTTP/1.1\r\nHost: " + host + "\r\n")
	if closes {
		b = append(b, "Connection: close\r\n"...)
	}
	b, err := AppendHeader(b, o.Header)
	o.Trailer = b
	return err
}

// ours are the fields that the engine writes by itself.
var ours = []string{"Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Expect"}

// AppendHeader writes fields in the order of their names.
func AppendHeader(b []byte, header http.Header) ([]byte, error) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if slices.Contains(ours, http.CanonicalHeaderKey(name)) {
				return b, fmt.Errorf("the header field %s is not for a load test to set", name)
			}
			if !http1.IsToken([]byte(name)) || name == "" || strings.ContainsAny(value, "\r\n\x00") {
				return b, fmt.Errorf("the header field %.40q cannot be sent", name)
			}
			b = append(b, name...)
			b = append(b, ": "...)
			b = append(b, value...)
			b = append(b, "\r\n"...)
		}
	}
	return b, nil
}

// Secure reports whether any of them speaks TLS.
func (o *Origins) Secure() bool {
	return slices.ContainsFunc(o.All, func(each *Origin) bool { return each.Secure })
}

// Of returns the origin of a URL, and an error where nothing may be sent there.
func (o *Origins) Of(absolute string) (*Origin, error) {
	name := lro.Origin(absolute)
	if found, ok := o.byName[name]; ok {
		return found, nil
	}
	if reach.Local(name) {
		made, err := newOrigin(context.Background(), &o.targets, name)
		if err == nil {
			o.add(made)
		}
		return made, err
	}
	return nil, fmt.Errorf("%w: %s is not among the origins that may be loaded", lro.ErrForbidden, name)
}

// AfterOrigin is what of a URL stands in a request line.
func AfterOrigin(absolute string) string {
	i := strings.IndexByte(absolute, ':') + len("://")
	for ; i < len(absolute); i++ {
		if c := absolute[i]; c == '/' || c == '?' {
			return absolute[i:]
		}
	}
	return ""
}

// AppendTarget writes the origin-form of a request target (RFC 9112, section 3.2.1).
func AppendTarget(b []byte, target string) []byte {
	if target == "" || target[0] != '/' {
		b = append(b, '/')
	}
	return append(b, target...)
}
