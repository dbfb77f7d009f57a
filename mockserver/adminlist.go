package mockserver

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// maxPage bounds how many operations, or requests, an answer lists.
const maxPage = 1000

// pageLimit reads the parameter limit.
func pageLimit(query url.Values) (int, error) {
	limit := maxPage
	if query.Has("limit") && !work.ParseInt(query.Get("limit"), 1, maxPage, &limit) {
		return 0, fmt.Errorf("limit is a number from 1 to %d", maxPage)
	}
	return limit, nil
}

// pageCursor reads a parameter that is a number from a link to a page.
func pageCursor(query url.Values, name string, ifNone uint64) (uint64, error) {
	if !query.Has(name) {
		return ifNone, nil
	}
	n, err := strconv.ParseUint(query.Get(name), 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%s is a number, as in the link to the next page", name)
	}
	return n, nil
}

// A listing is a page of operations, and where the next one begins, or 0.
type listing struct {
	page []Truth
	next uint64
}

// list finds a page of operations, in the order of their acceptance or against
// it. It looks at a bounded number of them.
func (s *Server) list(status Status, from uint64, newest bool, limit int) listing {
	step := 1
	if newest {
		step = -1
	}
	l := listing{page: []Truth{}, next: from}
	for looked := 0; len(l.page) < limit && l.next > 0 && looked < work.MaxScan; {
		var found []*work.Operation
		found, l.next = s.host.Store.Order.Walk(l.next, step, limit-len(l.page))
		looked += max(len(found), 1)
		now := s.host.Clock.Now()
		for _, op := range found {
			s.host.Store.Visit(op.ID, func(op *work.Operation) {
				if status == "" || op.State(now).Status == status {
					l.page = append(l.page, op.Truth(now))
				}
			})
		}
	}
	return l
}

// adminList answers with a page of operations, and a link to the next one
// (RFC 8288).
func (s *Server) adminList(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	newest := query.Get("order") == "newest"
	first := uint64(1)
	if newest {
		first = s.host.Store.Order.Newest()
	}
	limit, err := pageLimit(query)
	var from uint64
	if err == nil {
		from, err = pageCursor(query, "from", first)
	}
	if order := query.Get("order"); err == nil && order != "" && order != "newest" && order != "oldest" {
		err = fmt.Errorf("order is newest or oldest")
	}
	if err != nil {
		s.administer(w, nil, err)
		return
	}
	l := s.list(Status(query.Get("status")), from, newest, limit)
	if l.next > 0 {
		query.Set("from", strconv.FormatUint(l.next, 10))
		w.Header().Set("Link", "<"+AdminPrefix+"operations?"+query.Encode()+`>; rel="next"`)
	}
	s.administer(w, l.page, nil)
}

// adminRequests answers with the last requests of the journal, or with the
// first ones after a number.
func (s *Server) adminRequests(r *http.Request) (any, error) {
	query := r.URL.Query()
	limit, err := pageLimit(query)
	if err != nil {
		return nil, err
	}
	after, err := pageCursor(query, "after", 0)
	if err != nil {
		return nil, err
	}
	return listOf(s.requestsAfter(int64(after), limit, query.Has("after"))), nil
}
