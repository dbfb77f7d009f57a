package loadtest

import (
	"crypto/tls"
	"net"
	"net/http"
	"testing"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// What is for the target alone does not go along to other origins, whoever carries the requests.
func TestOtherOriginsGetNothingOfTheTarget(t *testing.T) {
	mine := &tls.Config{Certificates: []tls.Certificate{{}}, InsecureSkipVerify: true, ServerName: "home"}
	home, far := &wire.Origin{Host: "a"}, &wire.Origin{Host: "b", Foreign: true}
	if c := home.Config(mine); len(c.Certificates) != 1 || !c.InsecureSkipVerify || c.ServerName != "home" {
		t.Errorf("the target's: %+v", c)
	}
	if c := far.Config(mine); len(c.Certificates) != 0 || c.InsecureSkipVerify || c.ServerName != "b" {
		t.Errorf("another's: %+v", c)
	}
	if c := far.Config(nil); c.ServerName != "b" {
		t.Errorf("the default: %+v", c)
	}

	given := &http.Transport{TLSClientConfig: mine, DialContext: (&net.Dialer{}).DialContext}
	made, ok := stripped(given).(*http.Transport)
	if !ok || made.DialContext != nil || len(made.TLSClientConfig.Certificates) != 0 || made.TLSClientConfig.InsecureSkipVerify {
		t.Errorf("by net/http: %+v", made)
	}
	if given.DialContext == nil || len(mine.Certificates) != 1 {
		t.Error("the plan's own was changed")
	}
}
