package cmd

import (
	"github.com/spf13/cobra"
)

const formatsText = `stdout carries only data, stderr what is said to a person.

--format json: one document when the command ends, also after a failure; of several operations, one
a line. Fields are only ever added.

  schema         asyncctl.operation/1
  outcome        succeeded failed cancelled refused not-sent lost gone timeout pending
  exit_code      as the process's
  reason         a stable word; "asyncctl explain WORD"
  message        the same for people
  state, native  what the server said last: our word, and its own
  dialect, cue   how the API says it, and what gave that away; style: arr-200 or arr-202
  percent        0 to 100, where the server says it
  handle         goes on with the operation: asyncctl wait FILE
  idempotency_key  what the submit carried
  problem        what the server says about a failure (RFC 9457)
  last_response  status, url, headers, content of the answer that ended it in any way but success
  polls, early_polls
  timing         elapsed_ms accepted_ms job_ms lag_from_ms lag_to_ms max_lag_ms http_ms
  result         content_type, length, and json, text or base64; or the file that -o named

--progress json: events on stderr, one JSON object a line. The first is
{"start":{"version":1,...}}; every other has exactly one of request, reply, wait, note, transfer,
end beside at and op. A recorded stream can be shown again.

dialect list --format json: one document, schema asyncctl.dialects/1, with an entry for each dialect:
name, looks, detected_by, cancel, cancel_destroys, result, file, source, evidence, unverified, exchange.

batch: one record a line, schema asyncctl.batch/1: line, id, outcome, reason, message, problem,
status_url, polls, result, and handle where the operation is not over.

loadtest: the result file (--out) is schema asyncctl.loadtest/1, one JSON document with everything
that was measured: durations in nanoseconds, histograms in HdrHistogram's V2 compressed form, in
base64. report, compare, merge and advise read it.

  json      asyncctl.loadtest.summary/1: target load elapsed_ms stopped warnings met thresholds advice,
            and for each strategy counts, rates (shares), per_second, latency_ms (count mean p50 p90 p95
            p99 p99_9 max of accept done work lag poll result server connection late asked needed),
            polls_per_operation, errors
  ndjson    and --progress json: {"start":{"version":1,...}}, {"sample":{...}} for each second, and
            {"end":{...}}, which holds the summary
  csv       the samples: at_s planned submitted ended failed in_flight polls wasted throttled errors
            bytes_in, and p50 and p99 of poll, done, lag and late in milliseconds
  hdrlog    an HdrHistogram log of version 1.3, a tag for each strategy and metric, in nanoseconds
  hgrm      HdrHistogram's percentile distribution of done; hgrm.lag that of lag, and so on
  prom      Prometheus' text format; --listen-metrics serves it while the load runs
  html svg  a page, and a picture of the advice, that need nothing but themselves

advise: asyncctl.loadtest.advice/1; compare: asyncctl.loadtest.comparison/1.

conformance --report json: one document, schema asyncctl.conformance/1: target, dialect, level, verdict
(passed failed broken interrupted empty), reasons, counts, results (id, outcome, fails, reason,
findings, fix, waiver), stale_waivers, transcripts. --report ndjson: the same as records, the first a
start, the last an end. Also junit, sarif, tap, markdown, html, github; "asyncctl conformance --help".

conformance --progress json: events on stderr: began, asked, waiting, ended, through, judged.
`

func newFormats() *cobra.Command {
	return &cobra.Command{Use: "formats", Short: "what the machine-readable outputs hold", Long: formatsText}
}
