package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
)

// pouchdb speaks CouchDB's API, of which the replicator is an operation that one follows by a document.
var pouchdb = suite{
	name:   "pouchdb",
	from:   "npm: express-pouchdb and PouchDB's packages",
	proves: "a dialect in a file: 201, a state under a name of its own that is absent at first; what is said without one",
	tools:  []tool{{"npm", "npm"}, {"node", "nodejs"}},
	start:  startPouchDB,
}

func startPouchDB(ctx context.Context, s *stage) (*target, error) {
	dir, err := s.npm(ctx, "pouchdb", "express-pouchdb@4", "pouchdb-core", "pouchdb-adapter-memory", "pouchdb-adapter-http",
		"pouchdb-replication", "pouchdb-mapreduce", "express@4")
	if err != nil {
		return nil, err
	}
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	server := exec.Command("node", filepath.Join(s.repo, "interop", "pouchdb.cjs"), dir, strconv.Itoa(port))
	server.Dir = s.work
	if err := s.process(server); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base+"/_all_dbs"); err != nil {
		return nil, err
	}
	t := pouchdbRows(s, base)
	t.version, t.base = npmVersion(dir, "express-pouchdb"), base
	return t, nil
}

// pouchdbRows name the databases by where the server itself can reach them.
func pouchdbRows(s *stage, base string) *target {
	replicate := func(id, more string, args ...string) []string {
		return append([]string{"submit", "{url}/_replicator", "--api", s.apiFile("couchdb-replicator"),
			"--json", fmt.Sprintf(`{"_id": %q, "source": "%s/_replicator", "target": "%s/%s"%s}`, id, base, base, id, more)}, args...)
	}
	return &target{
		slow:    replicate("slow", `, "continuous": true`),
		failing: replicate("twice", "", "--wait"),
		rows: []row{{
			name: "a replication",
			args: replicate("one", "", "--wait"),
			want: want{outcome: "succeeded", dialect: "couchdb-replicator", result: "completed"},
		}, {
			name: "the same document once more is refused",
			args: replicate("one", "", "--wait"),
			want: want{exit: 4, outcome: "refused", requests: 1},
		}, {
			name: "begin one that never ends",
			args: replicate("ever", `, "continuous": true`),
			want: want{outcome: "pending", dialect: "couchdb-replicator", requests: 1},
		}, {
			name: "  its document, without the file: triggered goes on",
			args: []string{"status", "{url}/_replicator/ever"},
			want: want{exit: 8, outcome: "pending", dialect: "generic", requests: 1},
		}, {
			name: "  the one that ended, without the file",
			args: []string{"wait", "{url}/_replicator/one"},
			want: want{outcome: "succeeded", dialect: "generic", requests: 1},
		}},
	}
}
