package cmd

import (
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// serveMock turns a mock: target into a server inside this process, on a loopback address, and
// returns its URL and what stops it. Any other target is returned as it is.
//
//	mock:                                a conformant server, three seconds an operation
//	mock:?duration=5s&outcome=failed     with the parameters of "asyncctl mockserver"
//	mock:?fault=lost-202                 and its faults
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
	server := &mockserver.Server{}
	for _, text := range values["fault"] {
		fault, err := mockserver.ParseFault(text)
		if err != nil {
			return "", nil, usagef("%s: %v", target, err)
		}
		server.Faults = append(server.Faults, fault)
	}
	values.Del("fault")
	if server.Scenario, err = mockserver.ParseScenario(mockserver.Scenario{}, values); err != nil {
		return "", nil, usagef("%s: %v", target, err)
	}
	live := mockserver.NewServer(nil, server)
	return live.URL + "/operations", live.Close, nil
}
