package curl

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Pasted is the flags of curl that a line copied from a browser or from documentation has, and that mean
// something else here or nothing at all. The zero value does nothing.
type Pasted struct {
	RemoteName bool // -O: the result's file is named as the last segment of the URL
	Include    bool // -i: show the replies

	get        bool
	compressed bool
	cookie     string
	referer    string
	bearer     string
	query      []string
	ignored    bool
	refused    map[string]*bool
	words      map[string]*string
}

// without lists flags that change nothing here, each with its shorthand and the reason.
var without = []struct{ name, short, why string }{
	{"location", "L", "redirects of the pattern are followed anyhow, with credentials for the named origin alone"},
	{"fail", "f", "a failure has its exit code anyhow"},
	{"fail-with-body", "", "a failure has its exit code anyhow"},
	{"show-error", "S", "errors are shown anyhow"},
	{"globoff", "g", "brackets in a URL are only brackets anyhow"},
	{"no-buffer", "N", "output is not buffered"},
	{"progress-bar", "#", "see --progress"},
	{"http2", "", "HTTP/2 is used over TLS where the server has it anyhow"},
	{"path-as-is", "", "paths are sent as they are anyhow"},
	{"tlsv1.2", "", "TLS 1.2 is the least anyhow"},
	{"tlsv1", "1", "TLS 1.2 is the least anyhow"},
	{"basic", "", "basic authentication is what --user means anyhow"},
	{"no-progress-meter", "", "see --progress"},
	{"fail-early", "", "there is one request anyhow"},
	{"junk-session-cookies", "j", "cookies live as long as the operation anyhow"},
	{"tcp-nodelay", "", "small packets are not delayed anyhow"},
	{"raw", "", "the result is written as it is anyhow"},
	{"ssl-reqd", "", "https is TLS anyhow"},
}

// withoutValue lists such flags that take a value.
var withoutValue = []struct{ name, short, why string }{
	{"keepalive-time", "", "connections are kept alive anyhow"},
	{"expect100-timeout", "", "content is sent without asking first"},
	{"proto", "", "only http and https are spoken anyhow"},
	{"proto-default", "", "a URL begins with http:// or https:// anyhow"},
	{"proto-redir", "", "redirects go to http and https alone anyhow"},
}

// refusals lists flags that cannot be honoured, with what to do instead.
var refusals = []struct {
	name, short, instead string
	value                bool
}{
	{"head", "I", "a HEAD request starts no operation", false},
	{"location-trusted", "", "name each origin that may see your credentials: --trust-origin ORIGIN", false},
	{"write-out", "w", "--format json has status, timing and headers", true},
	{"cookie-jar", "c", "cookies live as long as the operation", true},
	{"digest", "", "only basic and bearer authentication are built in", false},
	{"ntlm", "", "only basic and bearer authentication are built in", false},
	{"negotiate", "", "only basic and bearer authentication are built in", false},
	{"anyauth", "", "only basic and bearer authentication are built in", false},
	{"aws-sigv4", "", "sign in a --token-command, or with -H", true},
	{"next", "", "one submit is one request; for several see \"asyncctl batch --help\"", false},
	{"upload-file", "T", "write -X PUT --data-binary @FILE -H 'Content-Type:'", true},
	{"dump-header", "D", "-i shows the replies, --format json has the header of the last one", true},
	{"config", "K", "keep flags in a profile: asyncctl help environment", true},
	{"trace", "", "-v shows requests and replies", true},
	{"trace-ascii", "", "-v shows requests and replies", true},
	{"stderr", "", "redirect it: 2>FILE", true},
	{"range", "r", "the whole result is fetched", true},
	{"continue-at", "C", "the whole result is fetched", true},
	{"time-cond", "z", "send the condition itself: -H 'If-Modified-Since: ...'", true},
	{"remote-header-name", "J", "name the file: -o FILE", false},
	{"max-redirs", "", "redirects of the pattern are followed, ten of them at most", true},
	{"post301", "", "the submit is not sent elsewhere: write the URL that it has moved to", false},
	{"post302", "", "the submit is not sent elsewhere: write the URL that it has moved to", false},
	{"post303", "", "303 leads to the result", false},
	{"limit-rate", "", "transfers are not slowed down", true},
	{"retry-delay", "", "the server's Retry-After and --interval say when", true},
	{"retry-max-time", "", "--timeout bounds all of it", true},
	{"retry-all-errors", "", "--retry sends again what is safe to send again, --retry-unsafe the rest", false},
	{"retry-connrefused", "", "--retry N does that", false},
	{"ipv4", "4", "name the address: --resolve HOST:PORT:ADDRESS", false},
	{"ipv6", "6", "name the address: --resolve HOST:PORT:ADDRESS", false},
	{"interface", "", "the system chooses the interface", true},
	{"http1.0", "0", "HTTP/1.0 is not spoken; --http1.1 is", false},
	{"tlsv1.3", "", "TLS 1.3 is used where the server has it; it cannot be made the least", false},
	{"ciphers", "", "the ciphers cannot be chosen", true},
	{"doh-url", "", "name the address: --resolve HOST:PORT:ADDRESS", true},
	{"request-target", "", "the target is that of the URL", true},
	{"http3", "", "HTTP/3 is not built in; without the flag the same URL is asked over HTTP/2 or HTTP/1.1", false},
}

// Bind makes the flags of fs set what was pasted.
func (p *Pasted) Bind(fs *pflag.FlagSet) {
	fs.BoolVarP(&p.get, "get", "G", false, "put the content of --data into the query, and use GET")
	fs.StringArrayVar(&p.query, "url-query", nil, "add `name=value`, URL-encoded, to the query")
	fs.StringVarP(&p.cookie, "cookie", "b", "", "`cookies` to send: 'name=value; name2=value2'")
	fs.StringVarP(&p.referer, "referer", "e", "", "`URL` to send as Referer")
	fs.StringVar(&p.bearer, "oauth2-bearer", "", "bearer `token` to send; others can see it in the process list: prefer --token-file")
	fs.BoolVar(&p.compressed, "compressed", false, "ask for a compressed answer, and decompress it")
	fs.BoolVarP(&p.Include, "include", "i", false, "show each request and each reply on stderr (as -v)")
	fs.BoolVarP(&p.RemoteName, "remote-name", "O", false, "write the result to a file named as the last part of the URL")
	for _, f := range without {
		fs.BoolVarP(&p.ignored, f.name, f.short, false, "accepted for curl's sake: "+f.why)
		fs.MarkHidden(f.name)
	}
	for _, f := range withoutValue {
		fs.StringP(f.name, f.short, "", "accepted for curl's sake: "+f.why)
		fs.MarkHidden(f.name)
	}
	p.refused, p.words = map[string]*bool{}, map[string]*string{}
	for _, f := range refusals {
		if f.value {
			p.words[f.name] = fs.StringP(f.name, f.short, "", "refused: "+f.instead)
		} else {
			p.refused[f.name] = fs.BoolP(f.name, f.short, false, "refused: "+f.instead)
		}
		fs.MarkHidden(f.name)
	}
}

// errForeignShell explains a line that was copied for another shell.
var errForeignShell = errors.New("this line was copied for another shell (^ and PowerShell's flags): choose \"Copy as cURL (bash)\"")

// Target returns the URL that was named, as the only argument or by curl's --url; "" where there is none, or are several.
func Target(args []string, url string) (string, error) {
	for _, arg := range args {
		if strings.HasPrefix(arg, "^") {
			return "", errForeignShell
		}
	}
	switch {
	case url != "" && len(args) > 0:
		return "", fmt.Errorf("--url %s and %s: one submit is one request; for several see \"asyncctl batch --help\"", url, args[0])
	case url != "":
		return url, nil
	case len(args) == 1:
		return args[0], nil
	}
	return "", nil
}

// PowerShell returns what to say of a word that is one of PowerShell's flags; nil for any other.
func PowerShell(flag string) error {
	for _, name := range []string{"Uri", "UseBasicParsing", "Method", "Headers", "Body", "ContentType", "WebSession", "UserAgent"} {
		if strings.EqualFold(flag, name) {
			return errForeignShell
		}
	}
	return nil
}

// Check refuses what cannot be honoured.
func (p *Pasted) Check() error {
	for _, f := range refusals {
		set := p.refused[f.name] != nil && *p.refused[f.name] || p.words[f.name] != nil && *p.words[f.name] != ""
		if set {
			return fmt.Errorf("curl's --%s is not taken: %s", f.name, f.instead)
		}
	}
	if p.cookie != "" && !strings.Contains(p.cookie, "=") {
		return fmt.Errorf("--cookie %q: files of cookies are not read; write 'name=value; name2=value2'", p.cookie)
	}
	return nil
}

// Header adds what is for every request.
func (p *Pasted) Header(always http.Header) error {
	for _, f := range []struct{ name, value string }{{"Cookie", p.cookie}, {"Referer", p.referer}} {
		if f.value == "" {
			continue
		}
		if err := addHeader(always, f.name+": "+f.value); err != nil {
			return err
		}
	}
	if p.bearer != "" {
		h, err := bearer(p.bearer, "--oauth2-bearer")
		if err != nil {
			return err
		}
		always["Authorization"] = h["Authorization"]
	}
	if p.compressed {
		always.Del("Accept-Encoding") // the transport asks, and decompresses what it asked for
	}
	return nil
}

// Apply changes the submit. given reports whether its method was given.
func (p *Pasted) Apply(req *lro.Request, given bool) error {
	var pairs []string
	for _, q := range p.query {
		if strings.Contains(q, "@") && !strings.Contains(q, "=") {
			return fmt.Errorf("--url-query %q: files are not read for a query; write name=value", q)
		}
		text, err := encoded(nil, q)
		if err != nil {
			return fmt.Errorf("--url-query %q: write name=value", q)
		}
		pairs = append(pairs, string(text))
	}
	if p.get {
		if strings.HasPrefix(req.Header.Get("Content-Type"), "multipart/") || strings.Contains(req.Header.Get("Content-Type"), "json") {
			return errors.New("--get goes with --data: other content has no form for a query")
		}
		if len(req.Body) > 0 {
			pairs = append(pairs, string(req.Body))
		}
		req.Body = nil
		req.Header.Del("Content-Type")
		if !given {
			req.Method = http.MethodGet
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	target, fragment, marked := strings.Cut(req.URL, "#")
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	req.URL = target + separator + strings.Join(pairs, "&")
	if marked {
		req.URL += "#" + fragment
	}
	return nil
}

// FileOf is the name that -O gives the result of a URL.
func FileOf(target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", errors.New("-O: the URL has no last part to name a file after; use -o FILE")
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" || name == ".." {
		return "", errors.New("-O: the URL has no last part to name a file after; use -o FILE")
	}
	return name, nil
}
