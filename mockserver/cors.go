package mockserver

import (
	"net/http"
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// crossOrigin lets web pages of the origins in CORS read the answer. It reports
// whether the request was a preflight, which it has answered: before anybody asks
// for credentials, which a preflight never has.
//
// Fetch standard, CORS protocol.
func (s *Server) crossOrigin(x *speech.Exchange) bool {
	if len(s.CORS) == 0 {
		return false
	}
	header, origin := x.W.Header(), x.R.Header.Get("Origin")
	all := slices.Contains(s.CORS, "*")
	if !all {
		header.Add("Vary", "Origin")
	}
	if origin == "" || !all && !slices.Contains(s.CORS, origin) {
		return false
	}
	if all {
		origin = "*"
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Expose-Headers", "*")
	method := x.R.Header.Get("Access-Control-Request-Method")
	if x.R.Method != http.MethodOptions || method == "" {
		return false
	}
	header.Set("Access-Control-Allow-Methods", method)
	if fields := x.R.Header.Get("Access-Control-Request-Headers"); fields != "" {
		header.Set("Access-Control-Allow-Headers", fields)
	}
	header.Set("Access-Control-Max-Age", "600")
	x.Head(http.StatusNoContent)
	return true
}
