package cmd

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
)

func newMockserver(w app.World) *cobra.Command {
	m := &mock.Command{World: w}
	c := &cobra.Command{
		Use:   "mockserver",
		Short: "Serve a conformant fake API to test a client against",
		Long: `Serve a fake asynchronous API: it answers a submit with 202, Location and Retry-After, and its
status URL behaves as the pattern asks. stdout is its URL, on one line; each request is a line on
stderr. It ends at Ctrl-C. GET /healthz answers 200 as long as it serves.

What an operation does is set for all with --set, and for one by the query of the submit's URL or
its Asyncctl-Scenario header, in the same words; the section mock of an API file (--api) has conditions,
probabilities and delays, too. Some such files are built in: "asyncctl api list" names them. The words:

` + mock.ParameterHelp() + `

--dialect lets it speak like another family of APIs: "asyncctl mockserver dialects" lists them, with a
submit that each takes. With --dialect all, each is below its name: /google-lro/v1/books.

--fault makes it hurt, in one of the ways in which real servers do: "asyncctl mockserver faults"
lists them, "asyncctl explain NAME" says what a fault exposes. A fault that has no place in the
dialect is refused. --grade writes a report on the client
under test when the mock ends, and makes the exit code 1 if it has something to say.`,
		Example: `  asyncctl mockserver
  asyncctl mockserver --listen 127.0.0.1:8080 --set duration=10s --set retry-after=2
  asyncctl mockserver --dialect azure-oploc
  asyncctl mockserver --api reports.yaml
  asyncctl mockserver --api unreliable --admin 127.0.0.1:8203
  asyncctl mockserver --tls auto --tls-ca-file ca.pem --auth bearer:@tokens --auth-expires 30s
  asyncctl mockserver --fault lost-202:p=0.1 --fault 429-storm --seed 7 --grade report.md
  asyncctl mockserver --workers 4 --set duration=30s --time-scale 60 --admin 127.0.0.1:8203
  curl -i -X POST 'http://127.0.0.1:8080/operations?asyncctl.duration=5s&asyncctl.outcome=failed'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.Run(c.Context()) },
	}
	bindMock(c.Flags(), m)
	c.AddCommand(newMockDialects(w), newMockFaults(w))
	return c
}

func bindMock(fs *pflag.FlagSet, m *mock.Command) {
	fs.SortFlags = false
	m.Where.Bind(fs)
	fs.StringArrayVar(&m.API.Paths, "api", nil, "speak the API that this `file` describes, and do what its section mock says (\"asyncctl help api-file\")")
	m.What.Bind(fs)
	m.Who.Bind(fs)
	fs.StringVar(&m.Dialect, "dialect", "", "speak like this family of APIs: `NAME`, or all")
	fs.StringArrayVar(&m.Faults, "fault", nil, "do this wrong: `NAME[:p=0.1,nth=3,first=2,after=5s,...]`")
	fs.Uint64Var(&m.Seed, "seed", 0, "make ids and chance reproducible; 0: ids cannot be guessed")
	fs.IntVar(&m.Workers, "workers", 0, "operations that run at the same time, the others wait in a queue; 0 for no bound")
	fs.IntVar(&m.MaxQueue, "max-queue", 0, "operations that may wait for a worker; beyond it submits are answered with 503")
	fs.Float64Var(&m.Scale, "time-scale", 1, "let time pass so many times as fast")
	fs.BoolVar(&m.Stateless, "stateless", false, "let the id of an operation carry all of it: replicas with one --key-file answer for each other")
	fs.StringVar(&m.KeyFile, "key-file", "", "`file` with the key that authenticates such ids")
	fs.IntVar(&m.Journal, "journal", 1000, "requests that are remembered, for --grade and the administration")
	fs.IntVar(&m.MaxStored, "max-operations", 0, "operations that are stored; beyond it submits are answered with 503; 0 for 100000")
	fs.StringArrayVar(&m.Grades, "grade", nil, "write a report on the client under test at the end to this `file`: .json, .xml (JUnit) or .md")
	fs.StringVar(&m.FailOn, "grade-fail-on", "warning", "make the exit code 1 for findings of this `severity` and above: error, warning or never")
	fs.StringArrayVar(&m.Ignore, "grade-ignore", nil, "leave the rule of this `id` out of the grade, such as polled-after-end")
	fs.BoolVar(&m.Bodies, "journal-bodies", false, "remember the contents of requests, too; they are not redacted")
	fs.StringVar(&m.BasePath, "base-path", "", "be mounted at this `path`, such as /api")
	fs.StringArrayVar(&m.CORS, "cors", nil, "let web pages of this `origin` read the answers; without a value those of every origin")
	fs.Lookup("cors").NoOptDefVal = "*"
	fs.StringArrayVar(&m.Callbacks, "allow-callback", nil, "let callbacks go to this `origin`, beside the loopback interface")
	fs.BoolVarP(&m.Silent, "silent", "s", false, "do not show the requests")
}
