package mock

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Serve turns a mock: target into a server inside this process, on a loopback address, and
// returns its URL and what stops it. Any other target is returned as it is.
//
//	mock:                                a conformant server, three seconds an operation
//	mock:fhir-bulk                       one that speaks another dialect, see "asyncctl mockserver dialects"
//	mock:?duration=5s&outcome=failed     with the parameters of "asyncctl mockserver"
//	mock:?fault=lost-202                 and its faults
//	mock:?api=quick                      what an API file says, or a built-in one
func Serve(target string) (string, func(), error) {
	rest, ok := strings.CutPrefix(target, "mock:")
	if !ok {
		return target, func() {}, nil
	}
	name, query, _ := strings.Cut(rest, "?")
	speaks, ok := mockDialect(name)
	if !ok {
		return "", nil, app.Usagef("mock:%s: there is no mock of that name; write mock:?duration=5s, or mock:NAME with one of \"asyncctl mockserver dialects\"", name)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", nil, app.Usagef("%s: %v", target, err)
	}
	// A URL that was resolved against this one may have the names that requests have.
	for name, given := range values {
		if word, ok := strings.CutPrefix(name, mockserver.ControlPrefix); ok {
			delete(values, name)
			values[word] = given
		}
	}
	server := &mockserver.Server{}
	if path := values.Get("api"); path != "" {
		if server, err = file(path); err != nil {
			return "", nil, err
		}
		if server.Shape != nil {
			return "", nil, app.Usagef("%s: %s has operations: name one, with --api %s --url mock:", target, path, path)
		}
	}
	values.Del("api")
	if name != "" || server.Dialect == "" {
		server.Dialect = speaks.Name
	} else {
		speaks, _ = mockDialect(server.Dialect)
	}
	for _, text := range values["fault"] {
		fault, err := parseFault(text)
		if err != nil {
			return "", nil, app.Usagef("%s: %v", target, err)
		}
		server.Faults = append(server.Faults, fault)
	}
	values.Del("fault")
	if server.Scenario, err = mockserver.ParseScenario(server.Scenario, values); err != nil {
		return "", nil, app.Usagef("%s: %v", target, err)
	}
	live, err := mockserver.Start(server)
	if err != nil {
		return "", nil, app.Usagef("%s: %v", target, err)
	}
	return live.URL + speaks.Path, live.Close, nil
}

// Suit gives a submit to a mock: target what its dialect wants to see, where the person says
// nothing: the method, fields of the header, the content.
func Suit(target string, req *lro.Request, header http.Header, flags *pflag.FlagSet) {
	rest, ok := strings.CutPrefix(target, "mock:")
	name, _, _ := strings.Cut(rest, "?")
	wants, known := mockDialect(name)
	if !ok || !known || wants.Name == mockserver.Dialects()[0].Name {
		return
	}
	if !flags.Changed("request") {
		req.Method = wants.Method
	}
	bare := len(req.Body) == 0
	for _, line := range wants.Header {
		field, value, _ := strings.Cut(line, ": ")
		describes := strings.HasPrefix(field, "Content-")
		if req.Header.Get(field) == "" && header.Get(field) == "" && (bare || !describes) {
			req.Header.Set(field, value)
		}
	}
	if bare {
		req.Body = []byte(wants.Body)
	}
}
