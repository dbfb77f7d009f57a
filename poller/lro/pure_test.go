package lro_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the package may use of other packages; nil: all of it.
var allowed = map[string][]string{
	"bytes": nil, "github.com/asyncctl/asyncctl/internal/jsontext": nil, "github.com/asyncctl/asyncctl/poller/lro/internal/document": nil, "encoding/json": nil, "errors": nil, "fmt": {"Errorf", "Sprintf"}, "io": {"EOF"}, "maps": nil,
	"math": nil, "unicode/utf16": nil, "unicode/utf8": nil, "net/url": nil, "slices": nil, "strconv": nil, "strings": nil, "sync": {"OnceValue"},
	"net/http": {"Header", "ParseTime"}, // and constants: Method..., Status...
	"time":     {"Duration", "Time", "Unix", "UnixMilli", "Millisecond", "Second", "Minute", "Hour"},
}

// TestPure reads the package's own sources: no I/O, no goroutine, no clock, no dice, no state.
func TestPure(t *testing.T) {
	for _, dir := range []string{".", "internal/document", "../../internal/jsontext"} {
		testPure(t, dir)
	}
}

func testPure(t *testing.T, dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	var parsed []*ast.File
	globals := map[string]bool{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, s := range g.Specs {
					for _, name := range s.(*ast.ValueSpec).Names {
						globals[name.Name] = true
					}
				}
			}
		}
	}
	if dir == "." && len(parsed) < 20 || len(parsed) == 0 {
		t.Fatalf("only %d files", len(parsed))
	}
	for _, f := range parsed {
		for _, complaint := range impurities(f, globals) {
			t.Errorf("%s: %s", files.Position(complaint.at), complaint.text)
		}
	}
}

type impurity struct {
	at   token.Pos
	text string
}

func impurities(f *ast.File, globals map[string]bool) (found []impurity) {
	add := func(n ast.Node, text string) { found = append(found, impurity{n.Pos(), text}) }
	imports := map[string][]string{}
	for _, i := range f.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		names, ok := allowed[path]
		if !ok || i.Name != nil {
			add(i, "it imports "+i.Path.Value)
		}
		imports[path[strings.LastIndexByte(path, '/')+1:]] = names
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n, "it starts a goroutine")
		case *ast.ChanType, *ast.SendStmt, *ast.SelectStmt:
			add(n, "it uses a channel")
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				add(n, "it acts in init")
			}
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if !ok || pkg.Obj != nil {
				break
			}
			names, imported := imports[pkg.Name]
			constant := pkg.Name == "http" && (strings.HasPrefix(n.Sel.Name, "Method") || strings.HasPrefix(n.Sel.Name, "Status"))
			if imported && names != nil && !constant && !slices.Contains(names, n.Sel.Name) {
				add(n, "it uses "+pkg.Name+"."+n.Sel.Name)
			}
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				if id := root(to); id != nil && globals[id.Name] && n.Tok != token.DEFINE {
					add(n, "it assigns to the variable "+id.Name)
				}
			}
		case *ast.IncDecStmt:
			if id := root(n.X); id != nil && globals[id.Name] {
				add(n, "it changes the variable "+id.Name)
			}
		}
		return true
	})
	return found
}

// root returns the variable that an assignment to e changes: x of x.y[z].
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func TestPureCanFail(t *testing.T) {
	const source = `package p
import ("net"; "time"; "net/http"; other "fmt")
var state int
var table = map[string]int{}
func init() {}
func f(c chan int) {
	go f(nil); c <- 1; select {}
	time.Sleep(1); http.Get(""); _ = http.MethodGet
	state = 1; state++; table["x"] = 1
	state := 2
}`
	f, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := impurities(f, map[string]bool{"state": true, "table": true})
	if len(got) != 12 {
		t.Errorf("got %d impurities, want 12: %v", len(got), got)
	}
}
