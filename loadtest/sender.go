package loadtest

import (
	"errors"
	"net/http"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// sender carries the requests of one worker. All its methods are called by the worker's goroutine,
// and so are those of its customer.
type sender interface {
	// send has the request of a slot sent to an origin as soon as a connection is free.
	send(id uint32, to *origin)
	// wait hands over what has ended, and waits for something to end until a moment.
	wait(until int64)
	// load returns how many requests wait for a connection, and how many connections are open.
	load() (waiting, open int)
	// close ends what is under way without handing it over.
	close()
}

// customer is what a sender asks for a request, and tells its end.
type customer interface {
	// leaves says that the request of a slot is about to be written, and appends it to b as HTTP/1.1.
	leaves(id uint32, now int64, b []byte) []byte
	// request is the same for senders that do not write HTTP/1.1 themselves.
	request(id uint32, now int64) (lro.Request, http.Header)
	// finish takes the end of an exchange, whose parts are valid during the call.
	finish(x *exchange)
}

// exchange is one request and what came of it. Moments are nanoseconds since the start of the run.
type exchange struct {
	id          uint32
	sent        int64 // its last byte was written; never: it was not
	first, last int64 // the answer's first and last byte were there
	status      int
	head        lro.Header
	body        []byte
	more        bool
	err         error
	unsent      bool // nothing of it has left
	in, out     int  // bytes
	resent      bool // by the sender, because a connection had been closed meanwhile
}

// What can go wrong with a connection.
var (
	errTimeout     = errors.New("no answer within the time allowed for a request")
	errDialTimeout = errors.New("no connection within the time allowed for a request")
	errClosed      = errors.New("the server closed the connection instead of answering")
)

// repeats says whether a rendered request may be sent again when the connection broke without a byte
// of an answer (RFC 9110, section 9.2.2).
func repeats(request []byte) bool {
	return len(request) > 4 && string(request[:4]) == "GET "
}

// line is slots in the order in which they came, linked by next.
type line struct {
	head, tail uint32
	count      int
}

func (l *line) push(slots *slab, id uint32) {
	slots.at(id).next = 0
	if l.tail == 0 {
		l.head = id
	} else {
		slots.at(l.tail).next = id
	}
	l.tail = id
	l.count++
}

// pop returns 0 if there is none.
func (l *line) pop(slots *slab) uint32 {
	id := l.head
	if id == 0 {
		return 0
	}
	if l.head = slots.at(id).next; l.head == 0 {
		l.tail = 0
	}
	l.count--
	return id
}
