package mockserver

import "github.com/asyncctl/asyncctl/mockserver/internal/shape"

// A Shape describes an API with slow operations, as data: its paths, what is
// answered there, and what its operations do. [Server].Shape serves it:
//
//	&mockserver.Server{Shape: &mockserver.Shape{Kinds: []mockserver.Kind{{
//		Submit: []mockserver.Endpoint{{Path: "/reports"}},
//		Status: []mockserver.Endpoint{{Path: "/jobs/{{id}}"}},
//		Answers: map[string]mockserver.Answer{
//			"running": {JSON: json.RawMessage(`{"state": "Working", "pct": "{{percent}}"}`)},
//		},
//	}}}}
//
// Everything but the submit paths has a default.
type Shape = shape.Shape

// A Kind is one kind of operation: where it is submitted, polled and fetched, and
// what is answered there.
type Kind = shape.Kind

// An Endpoint is a method and a path, with the id of the operation in one place.
type Endpoint = shape.Endpoint

// A Route is a request that is answered as it is.
type Route = shape.Route

// An Answer is a response, as data with holes.
type Answer = shape.Answer

// A Check is a rule of the API that a submit breaks.
type Check = shape.Check

// A Callback is a request that the mock sends when an operation ends.
type Callback = shape.Callback

// A Sign is a signature of the content of a Callback: HMAC-SHA256 in hexadecimal.
type Sign = shape.Sign

// A Delivery is a callback that was sent, or could not be.
type Delivery = shape.Delivery

// A Hole is a name that may stand in {{ }}.
type Hole = shape.Hole

// An AnswerName is a name that [Kind].Answers may have.
type AnswerName = shape.AnswerName

// Holes returns the names that may stand in {{ }}, with what they mean.
func Holes() []Hole { return shape.Holes() }

// AnswerNames returns the names that [Kind].Answers may have.
func AnswerNames() []AnswerName { return shape.AnswerNames() }

// Callbacks returns the callbacks that were sent, the oldest first: the last
// 1000.
func (s *Server) Callbacks() []Delivery { return s.sender.Deliveries() }
