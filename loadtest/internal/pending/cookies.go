package pending

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
)

// A cookie jar of one operation, for the origin that it was submitted to: some servers find the way to
// the machine that knows the operation by a cookie only. It is one text, "a=1; b=2", in a blob.

// Cookies is what is to be sent as the Cookie field with the slot's requests; "" for none. It is valid
// until the slot's cookies change.
func (c *Codec) Cookies(s *Slot) string {
	if s.crumbs == 0 {
		return ""
	}
	return http1.Text(c.Blobs.at(s.cookie, int(s.crumbs)))
}

// SetCookies takes the values of Set-Cookie fields. What does not fit into a blob is left out, and the
// cookies' own paths and domains are not looked at: all of an operation's requests go to one origin.
func (c *Codec) SetCookies(s *Slot, fields []string) {
	jar := map[string]string{}
	var names []string
	put := func(name, value string) {
		if _, ok := jar[name]; !ok {
			names = append(names, name)
		}
		jar[name] = value
	}
	for _, pair := range strings.Split(c.Cookies(s), "; ") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			put(name, value)
		}
	}
	for _, field := range fields {
		cookie, err := http.ParseSetCookie(field)
		if err != nil {
			continue
		}
		if cookie.MaxAge < 0 {
			delete(jar, cookie.Name)
			continue
		}
		put(cookie.Name, cookie.Value)
	}
	var all []string
	for _, name := range names {
		if value, ok := jar[name]; ok {
			all = append(all, name+"="+value)
		}
	}
	c.dropCookies(s)
	if text := strings.Join(all, "; "); text != "" && len(text) <= maxBlob {
		s.cookie, s.crumbs = c.Blobs.take(len(text)), uint16(len(text))
		copy(c.Blobs.at(s.cookie, len(text)), text)
	}
}

func (c *Codec) dropCookies(s *Slot) {
	c.Blobs.give(s.cookie, int(s.crumbs))
	s.cookie, s.crumbs = 0, 0
}
