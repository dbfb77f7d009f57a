package poller

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
)

// cookies keeps what each origin has set during one conversation, in memory: load balancers pin a
// client to the server that knows its operation. One jar for each origin, so that no cookie reaches
// another, not even a subdomain.
type cookies struct {
	jars map[string]*cookiejar.Jar
}

func (c *cookies) take(from, origin string, res *http.Response) {
	set := res.Cookies()
	if len(set) == 0 {
		return
	}
	u, err := url.Parse(from)
	if err != nil {
		return
	}
	jar := c.jars[origin]
	if jar == nil {
		jar, _ = cookiejar.New(nil) // without a list of public suffixes: one origin, one jar
		if c.jars == nil {
			c.jars = map[string]*cookiejar.Jar{}
		}
		c.jars[origin] = jar
	}
	jar.SetCookies(u, set)
}

func (c *cookies) add(req *http.Request, origin string) {
	jar := c.jars[origin]
	if jar == nil {
		return
	}
	for _, cookie := range jar.Cookies(req.URL) {
		req.AddCookie(cookie)
	}
}
