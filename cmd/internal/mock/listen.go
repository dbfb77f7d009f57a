package mock

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockListen says where the mock is served, and how it tells.
type mockListen struct {
	address, admin, tokenFile string
	remote                    bool
	tls, caFile               string
	urlFile, format           string
	adminHosts                []string
	ca                        []byte // the certificate of the authority, if it was made here
}

func (m *mockListen) Bind(fs *pflag.FlagSet) {
	fs.StringVar(&m.address, "listen", "127.0.0.1:8202", "`address` to listen on; port 0 picks a free one")
	fs.BoolVar(&m.remote, "allow-remote", false, "let --listen and --admin name addresses that other machines reach")
	fs.StringVar(&m.tls, "tls", "", "serve over TLS with `CERT,KEY` (PEM files), or \"auto\" for a certificate that is made now")
	fs.StringVar(&m.caFile, "tls-ca-file", "", "write the certificate to trust to this `file`, with --tls auto")
	fs.StringVar(&m.urlFile, "url-file", "", "write the URL to this `file` once it listens")
	fs.StringVar(&m.format, "format", "url", "what to print on stdout once it listens: url, or json with all that a script needs")
	fs.StringVar(&m.admin, "admin", "", "serve the administration (an HTML page, operations, faults, clock, journal, /metrics) on this `address`")
	fs.StringArrayVar(&m.adminHosts, "admin-host", nil, "answer the administration under this host `name`, beside IP addresses and localhost")
	fs.StringVar(&m.tokenFile, "admin-token-file", "", "`file` with the bearer token that the administration asks for")
}

// check finds out what cannot be, before anything is served.
func (m *mockListen) check() error {
	if m.caFile != "" && m.tls != "auto" {
		return app.Usagef("--tls-ca-file is for --tls auto")
	}
	if m.tls == "auto" && m.caFile == "" {
		return app.Usagef("--tls auto needs --tls-ca-file FILE: without it no client could trust the certificate")
	}
	if err := app.OneOf("--format", m.format, "url", "json"); err != nil {
		return err
	}
	l := Listeners{}
	if m.admin != "" && m.tokenFile == "" && l.local("--admin", m.admin) != nil {
		return app.Usagef("--admin %s: other machines could connect there; give it a token with --admin-token-file", m.admin)
	}
	return nil
}

// listeners are without a server yet.
func (m *mockListen) listeners() (*Listeners, error) {
	l := &Listeners{Remote: m.remote}
	var certificate tls.Certificate
	var err error
	certFile, keyFile, two := strings.Cut(m.tls, ",")
	switch {
	case m.tls == "":
		return l, nil
	case m.tls == "auto":
		host, _, _ := net.SplitHostPort(m.address)
		if certificate, m.ca, err = selfMade(host); err != nil {
			return nil, err
		}
	case !two:
		return nil, app.Usagef("--tls %s: write CERT,KEY, two PEM files, or auto", m.tls)
	default:
		if certificate, err = curl.KeyPair(certFile, keyFile); err != nil {
			return nil, app.Usagef("--tls: %v", err)
		}
	}
	l.tls = &tls.Config{Certificates: []tls.Certificate{certificate}}
	return l, nil
}

// token is what the administration asks for.
func (m *mockListen) token() (string, error) {
	if m.tokenFile == "" {
		return "", nil
	}
	text, err := bounded.File(m.tokenFile, maxSecret)
	if err != nil {
		return "", app.Usagef("--admin-token-file: %v", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", app.Usagef("--admin-token-file: %s is empty", m.tokenFile)
	}
	return token, nil
}

// withdraw removes the URL file, so that nobody takes the URL of a mock that does
// not listen: before it does, and when it ends.
func (m *mockListen) withdraw() error {
	if m.urlFile == "" {
		return nil
	}
	info, err := os.Lstat(m.urlFile)
	if err != nil || !info.Mode().IsRegular() {
		return nil // there is none; a pipe is not ours to remove
	}
	if err := os.Remove(m.urlFile); err != nil {
		return app.Usagef("--url-file: cannot remove the one of an earlier run: %v", err)
	}
	return nil
}

// listening is what a script may want to know, on a line of JSON.
type listening struct {
	Event    string   `json:"event"`
	URL      string   `json:"url"`
	Admin    string   `json:"admin,omitempty"`
	Stranger string   `json:"stranger,omitempty"`
	CAFile   string   `json:"ca_file,omitempty"`
	Seed     uint64   `json:"seed,string"`
	Faults   []string `json:"faults"`
	PID      int      `json:"pid"`
}

// announce tells where it listens: to scripts on stdout, and in files.
func (m *mockListen) announce(ctx context.Context, w app.World, s *mockserver.Server, base, admin string) error {
	if m.ca != nil {
		if err := app.WriteFile(ctx, m.caFile, app.Public, m.ca); err != nil {
			return err
		}
	}
	if m.urlFile != "" {
		if err := app.WriteFile(ctx, m.urlFile, app.Public, []byte(base+"\n")); err != nil {
			return err
		}
	}
	if m.format == "url" {
		_, err := fmt.Fprintln(w.Stdout, base)
		return err
	}
	line := listening{Event: "listening", URL: base, Admin: admin, Stranger: s.Stranger, CAFile: m.caFile, Seed: s.FaultSeed(), Faults: []string{}, PID: os.Getpid()}
	for _, f := range s.FaultsOn() {
		line.Faults = append(line.Faults, f.String())
	}
	return json.NewEncoder(w.Stdout).Encode(line)
}
