package main

import "context"

// suite is a server that nobody here wrote, and what is asked of it.
type suite struct {
	// name is what the command line calls it.
	name string
	// from names the package that it comes from.
	from string
	// proves is one phrase: what passing shows.
	proves string
	// tools are the commands that must be installed, each with its Debian package.
	tools []tool
	// start starts the server. What it starts ends with the stage.
	start func(context.Context, *stage) (*target, error)
}

// tool is a command and the package that has it.
type tool struct{ command, debian string }

// suites are all suites, in the order in which they run.
var suites = []suite{nginx, tinyproxy, spector, lxd, dachs, rclone, aria2, aptly, restate, kue, pouchdb, azcore}

// target is a server that runs.
type target struct {
	// version is what the server or its package says.
	version string
	// base is the URL at which the server can be reached.
	base string
	// socket is the Unix socket that the server listens at instead. Base is then a name only.
	socket string
	// direct says that requests go to the server itself and are not counted: through TLS, or a proxy.
	direct bool
	// client is the program that asks, instead of asyncctl; the server is ours then.
	client string
	// rows are the operations, in order.
	rows []row
	// judge, if set, returns the server's own verdict on the requests that it saw.
	judge func(context.Context) ([]verdict, error)
	// slow and failing are arguments of asyncctl that start an operation that takes its time, and one
	// that fails.
	slow, failing []string
}

// row is one call of asyncctl.
type row struct {
	// name says what is asked.
	name string
	// args are the arguments of asyncctl; {url} stands for where the server can be reached, {work} for
	// a directory that ends with the run.
	args []string
	// want is what must come out.
	want want
	// before, if set, brings the server into the state that the row needs.
	before func(context.Context) error
}

// want is what a row must bring. What is zero is not looked at, except the exit code.
type want struct {
	exit    int
	outcome string
	dialect string
	// result must occur in the result, with white space squeezed.
	result string
	// reason must be the reason.
	reason string
	// requests is how many requests the server must have seen.
	requests int
}

// verdict is what a server said about one scenario.
type verdict struct {
	name string
	said string
	ok   bool
}
