package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// dachs is the data center suite of the German Virtual Observatory: its query service (TAP) has
// asynchronous jobs (UWS), in XML. Its database is a PostgreSQL of its own, made for the run.
var dachs = suite{
	name:   "dachs",
	from:   "Debian: python3-gavo, postgresql, postgresql-15-pgsphere",
	proves: "uws against the IVOA's own software: XML, 303 to the job, results and errors",
	tools:  []tool{{"dachs", "python3-gavo"}, {"pg_lsclusters", "postgresql postgresql-15-pgsphere"}},
	start:  startDachs,
}

func startDachs(ctx context.Context, s *stage) (*target, error) {
	data, err := s.postgres(ctx)
	if err != nil {
		return nil, err
	}
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	public, err := s.public(port)
	if err != nil {
		return nil, err
	}
	rc, err := s.write("gavorc", fmt.Sprintf("[general]\nrootDir: %s\n[web]\nbindAddress: 127.0.0.1\nserverPort: %d\nserverURL: %s\n", s.file("gavo"), port, public))
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(), "GAVOSETTINGS="+rc, "GAVOCUSTOM="+rc)
	dsn := fmt.Sprintf("host=%s port=5432 dbname=gavo user=dachsroot", data)
	for _, args := range [][]string{{"init", "-d", dsn}, {"imp", "//tap"}} {
		cmd := exec.CommandContext(ctx, "dachs", args...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("dachs %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	cmd := exec.Command("dachs", "serve", "debug")
	cmd.Env = env
	if err := s.process(cmd); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base+"/tap/async"); err != nil {
		return nil, err
	}
	t := &target{
		version: "DaCHS " + debianVersion(ctx, "python3-gavo"),
		base:    base,
		slow:    tapJob(slowQuery, "--dialect", "uws", "--wait"),
		failing: tapJob(badQuery, "--dialect", "uws", "--wait"),
	}
	t.rows = dachsRows(s)
	return t, nil
}

// postgres starts a PostgreSQL with an empty database gavo, and returns the directory of its socket.
func (s *stage) postgres(ctx context.Context) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL's initdb is not there")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir := s.file("postgres")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	as, err := notRoot(dir)
	if err != nil {
		return "", err
	}
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) { // the work directory is for its owner only
		if err := os.Chmod(d, 0o755); err != nil {
			return "", err
		}
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", dir+"/data", "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "dachsroot")
	initdb.SysProcAttr, initdb.Dir = as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", dir+"/data", "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off")
	server.SysProcAttr, server.Dir = as, dir
	if err := s.process(server); err != nil {
		return "", err
	}
	for range 100 {
		if err = s.execute(ctx, dir, filepath.Join(bin, "createdb"), "-h", dir, "-U", "dachsroot", "--template=template0", "gavo"); err == nil {
			return dir, nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return "", err
}

// notRoot gives the directory to the user postgres where we are root, which PostgreSQL refuses to be.
func notRoot(dir string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{}
	if os.Geteuid() != 0 {
		return as, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
		return nil, err
	}
	as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return as, nil
}

const (
	goodQuery = "SELECT TOP 1 table_name FROM tap_schema.tables ORDER BY table_name"
	badQuery  = "SELECT nothing FROM nowhere"
	slowQuery = "SELECT count(*) FROM tap_schema.columns AS a JOIN tap_schema.columns AS b ON a.column_name <> b.column_name JOIN tap_schema.columns AS c ON b.column_name <> c.column_name"
)

// tapJob is a submit of a query; FORMAT=csv makes the result readable.
func tapJob(query string, more ...string) []string {
	return append([]string{"submit", "{url}/tap/async", "--data-urlencode", "QUERY=" + query,
		"-d", "REQUEST=doQuery&LANG=ADQL&FORMAT=csv"}, more...)
}

func dachsRows(s *stage) []row {
	run := func(name string) func(context.Context) error {
		return func(ctx context.Context) error { return uwsRun(ctx, s.file(name)) }
	}
	later := func(verb, handle string, more ...string) []string {
		return append([]string{verb, "{work}/" + handle, "--trust-origin", "{url}"}, more...)
	}
	return []row{{
		name: "a query",
		args: tapJob(goodQuery, "--dialect", "uws", "--wait"),
		want: want{outcome: "succeeded", dialect: "uws", result: "table_name"},
	}, {
		name: "the same, dialect found out",
		args: tapJob(goodQuery, "--wait"),
		want: want{outcome: "succeeded", dialect: "uws", result: "table_name"},
	}, {
		name: "a query that cannot be",
		args: tapJob(badQuery, "--dialect", "uws", "--wait"),
		want: want{exit: 1, outcome: "failed", dialect: "uws"},
	}, {
		name: "begin a query",
		args: tapJob(goodQuery, "--save", "{work}/good.handle", "--dialect", "uws"),
		want: want{outcome: "pending", dialect: "uws"},
	}, {
		name: "  it waits for somebody to say RUN",
		args: later("status", "good.handle"),
		want: want{exit: 8, outcome: "pending", dialect: "uws"},
	}, {
		name:   "  once that is said, wait for it",
		args:   later("wait", "good.handle"),
		want:   want{outcome: "succeeded", dialect: "uws", result: "table_name"},
		before: run("good.handle"),
	}, {
		name: "begin a long one",
		args: tapJob(slowQuery, "--save", "{work}/long.handle", "--dialect", "uws"),
		want: want{outcome: "pending", dialect: "uws"},
	}, {
		name:   "  see that it runs",
		args:   later("status", "long.handle"),
		want:   want{exit: 8, outcome: "pending", dialect: "uws"},
		before: run("long.handle"),
	}, {
		name: "  cancel it",
		args: later("cancel", "long.handle", "--wait"),
		want: want{outcome: "cancelled", dialect: "uws"},
	}, {
		name: "a job that nobody knows",
		args: []string{"wait", "{url}/tap/async/nosuchjob", "--dialect", "uws", "--grace", "1s"},
		want: want{exit: 9, outcome: "gone"},
	}}
}

// uwsRun sends the job of a handle on its way, as a person would with curl.
func uwsRun(ctx context.Context, handle string) error {
	content, err := os.ReadFile(handle)
	if err != nil {
		return err
	}
	_, after, _ := bytes.Cut(content, []byte(`"status_url": "`))
	job, _, _ := strings.Cut(string(after), `"`)
	job, _, _ = strings.Cut(job, "?")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, job+"/phase", strings.NewReader("PHASE=RUN"))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	_, err = io.Copy(io.Discard, reply.Body)
	return err
}

// debianVersion returns the version of an installed package.
func debianVersion(ctx context.Context, name string) string {
	return says(ctx, "dpkg-query", "--show", "--showformat=${Version}", name)
}
