package cmd

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// serveMock turns a mock: target into a server inside this process, on a loopback address, and
// returns its URL and what stops it. Any other target is returned as it is.
//
//	mock:                                a conformant server, three seconds an operation
//	mock:?duration=5s&outcome=failed     with the parameters of "asyncctl mockserver"
func serveMock(target string) (string, func(), error) {
	rest, ok := strings.CutPrefix(target, "mock:")
	if !ok {
		return target, func() {}, nil
	}
	name, query, _ := strings.Cut(rest, "?")
	if name != "" && name != "generic" {
		return "", nil, usagef("mock:%s: there is no mock of that name; write mock: or mock:?duration=5s", name)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", nil, usagef("%s: %v", target, err)
	}
	scenario, err := mockserver.ParseScenario(mockserver.Scenario{}, values)
	if err != nil {
		return "", nil, usagef("%s: %v", target, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: &mockserver.Server{Scenario: scenario}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(listener)
	}()
	stop := func() {
		server.Close()
		<-done
	}
	return "http://" + listener.Addr().String() + "/operations", stop, nil
}
