package mockserver

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// serveMetrics answers in the text format of Prometheus, version 0.0.4.
func (s *Server) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	st := s.Stats()
	var b strings.Builder
	for _, m := range []struct {
		name, kind, help string
		value            float64
	}{
		{"requests_total", "counter", "Requests, all of them.", float64(st.Requests)},
		{"operations_accepted_total", "counter", "Operations accepted.", float64(st.Submits)},
		{"submits_replayed_total", "counter", "Submits that led to an operation accepted before.", float64(st.Replays)},
		{"submits_refused_total", "counter", "Submits that were refused.", float64(st.Refused)},
		{"polls_total", "counter", "Polls of the status of stored operations.", float64(st.Polls)},
		{"polls_early_total", "counter", "Polls before the last hint allowed them.", float64(st.EarlyPolls)},
		{"polls_not_modified_total", "counter", "Polls answered with 304.", float64(st.NotModified)},
		{"results_total", "counter", "Results sent.", float64(st.Results)},
		{"cancellations_total", "counter", "Cancellations accepted.", float64(st.Cancels)},
		{"operations_stored", "gauge", "Operations in the store.", float64(st.Stored)},
		{"operations_waiting", "gauge", "Operations in the queue of the workers.", float64(st.Waiting)},
		{"workers_busy", "gauge", "Workers that are busy.", float64(st.Working)},
		{"workers", "gauge", "Workers; 0 is one for every operation.", float64(s.Workers)},
		{"credentials_leaked_total", "counter", "Requests to the other origin that carried credentials.", float64(len(s.Sightings()))},
		{"journal_requests", "gauge", "Requests that the journal holds.", float64(s.journalSize())},
		{"journal_limit", "gauge", "Requests that the journal can hold.", float64(s.Journal)},
		{"time_scale", "gauge", "How many times as fast as real time the clock goes.", s.host.Clock.Scale()},
	} {
		fmt.Fprintf(&b, "# HELP asyncctl_mock_%s %s\n# TYPE asyncctl_mock_%s %s\nasyncctl_mock_%s %s\n", m.name, m.help, m.name, m.kind, m.name, strconv.FormatFloat(m.value, 'f', -1, 64))
	}
	counts := s.FaultCounts()
	b.WriteString("# HELP asyncctl_mock_faults_total Requests that a fault affected.\n# TYPE asyncctl_mock_faults_total counter\n")
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "asyncctl_mock_faults_total{fault=%q} %d\n", name, counts[name])
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, b.String()) // the reader is gone if this fails
}
