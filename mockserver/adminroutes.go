package mockserver

import "net/http"

// An AdminRoute is something that [Server.Admin] answers.
type AdminRoute struct {
	Method string
	Path   string // below AdminPrefix, as [http.ServeMux] has it
	About  string // what is answered, or done
	Query  string // parameters, or empty
	Body   string // an example of the content, or empty
}

// AdminRoutes returns what [Server.Admin] answers.
func AdminRoutes() []AdminRoute {
	all := make([]AdminRoute, len(adminRoutes))
	for i, r := range adminRoutes {
		all[i] = r.AdminRoute
	}
	return all
}

// An adminRoute is one with what answers it: a value, or by itself.
type adminRoute struct {
	AdminRoute
	answer func(*Server, *http.Request) (any, error)
	serve  func(*Server, http.ResponseWriter, *http.Request)
}

// of makes an answer of a function that needs no request.
func of[T any](f func(*Server) T) func(*Server, *http.Request) (any, error) {
	return func(s *Server, _ *http.Request) (any, error) { return f(s), nil }
}

const adminVerb = "does complete, fail, expire, freeze or thaw to it, now: an operation that is frozen stands still until it is thawed"

var adminRoutes = []adminRoute{
	{AdminRoute{"GET", "stats", "counters", "", ""}, of((*Server).Stats), nil},
	{AdminRoute{"GET", "metrics", "the same for Prometheus; also at /metrics", "", ""}, nil, (*Server).serveMetrics},
	{AdminRoute{"GET", "operations", "the operations and what their clients did, the oldest first; Link names the next page", "limit=50, order=newest, status=Running", ""}, nil, (*Server).adminList},
	{AdminRoute{"GET", "operations/{id}", "one of them", "", ""}, func(s *Server, r *http.Request) (any, error) { return s.adminTruth(r.PathValue("id")) }, nil},
	{AdminRoute{"POST", "operations/{id}/{verb}", adminVerb, "", ""}, (*Server).adminChange, nil},
	{AdminRoute{"GET", "clock", "the time of the mock, and how fast it goes", "", ""}, of((*Server).adminClock), nil},
	{AdminRoute{"POST", "clock", "sets it forward, or makes it go faster; both may be left out", "", `{"advance": "2h", "scale": 60}`}, (*Server).adminSetClock, nil},
	{AdminRoute{"GET", "requests", "the journal: the last requests, or those after a number", "after=7, limit=50", ""}, (*Server).adminRequests, nil},
	{AdminRoute{"POST", "verify", "counts the requests of the journal that meet a condition: 409 if they are not as many as count, atLeast and atMost say. Conditions are those of rules; body and content need --journal-bodies", "", `{"when": {"method": "POST", "path": "/reports", "body": {"/year": "2026"}}, "count": 1}`}, (*Server).adminVerify, nil},
	{AdminRoute{"GET", "grade", "what the client did wrong; with final it is taken to be done, without it may still be at work", "format=json, xml (JUnit) or md; final", ""}, nil, (*Server).adminGrade},
	{AdminRoute{"GET", "faults", "those that are on, how many requests they affected, and the catalogue", "", ""}, of((*Server).adminFaults), nil},
	{AdminRoute{"PUT", "faults", "these are on from now", "", `{"on": ["lost-202:p=0.1", "status:code=503,on=poll"]}`}, (*Server).adminSetFaults, nil},
	{AdminRoute{"PUT", "faults/{name}", "it is on from now; the content, if any, is its parameters", "", `p=0.1,delay=1s`}, (*Server).adminSwitch, nil},
	{AdminRoute{"DELETE", "faults/{name}", "it is off from now", "", ""}, (*Server).adminSwitch, nil},
	{AdminRoute{"GET", "scenario", "what operations do, in the words of --set", "", ""}, of((*Server).adminScenario), nil},
	{AdminRoute{"PUT", "scenario", "what those of later submits do; what is left out has its default", "", `{"duration": "3s", "outcome": "failed"}`}, (*Server).adminSetScenario, nil},
	{AdminRoute{"GET", "rules", "the rules", "", ""}, of((*Server).adminRules), nil},
	{AdminRoute{"PUT", "rules", "rules in their place: of set, answer, delay and faults the first rule that holds decides", "", `[{"when": {"method": "POST", "body": {"/year": "1066"}}, "answer": {"status": 400, "json": {"code": "too_old"}}}]`}, (*Server).adminSetRules, nil},
	{AdminRoute{"GET", "callbacks", "the callbacks that were sent", "", ""}, func(s *Server, _ *http.Request) (any, error) { return listOf(s.Callbacks()), nil }, nil},
	{AdminRoute{"POST", "reset", "forgets operations, journal, counters, grade and callbacks, and takes back the scenario, the rules and the faults that the mock began with", "", ""}, func(s *Server, _ *http.Request) (any, error) {
		s.Reset()
		return s.Stats(), nil
	}, nil},
}
