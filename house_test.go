package main

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxFiles is how many production files a folder may hold: more are more than one room.
const maxFiles = 35

// TestFoldersAreRooms keeps folders small enough to be read as one thing.
func TestFoldersAreRooms(t *testing.T) {
	for room, files := range production(t) {
		if len(files) > maxFiles {
			t.Errorf("%s holds %d production files, at most %d are meant: carve a room", room, len(files), maxFiles)
		}
	}
}

// maxLines is how long a function may be.
const maxLines = 60

// TestFunctionsAreShort keeps functions to what can be read at once.
func TestFunctionsAreShort(t *testing.T) {
	for _, files := range production(t) {
		for _, file := range files {
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1; n > maxLines {
					t.Errorf("%s: %s has %d lines, at most %d are meant", file, f.Name.Name, n, maxLines)
				}
			}
		}
	}
}

// production returns the production files of each room.
func production(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || nested(path)):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			room := filepath.ToSlash(filepath.Dir(path))
			files[room] = append(files[room], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var update = flag.Bool("update", false, "write the list of exported names anew")

// TestExportedNames holds what the public packages export against a list: a new name is a promise, and
// so a change of the list. go test . -run TestExportedNames -update writes it.
func TestExportedNames(t *testing.T) {
	const list = "docs/exported.txt"
	var text strings.Builder
	files := production(t)
	for _, room := range slices.Sorted(maps.Keys(files)) {
		if room == "." || room == "cmd" || strings.Contains(room+"/", "internal/") || strings.HasPrefix(room, "docs/") {
			continue
		}
		names := map[string]bool{}
		for _, file := range files[room] {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				exported(d, names)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			text.WriteString(room + " " + name + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(list, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	had, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	before, now := lines(string(had)), lines(text.String())
	for _, name := range now {
		if !slices.Contains(before, name) {
			t.Errorf("%s is exported, and not in %s: is it meant for everybody?", name, list)
		}
	}
	for _, name := range before {
		if !slices.Contains(now, name) {
			t.Errorf("%s is in %s, and no longer exported", name, list)
		}
	}
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

// exported adds the names that a declaration exports: package-level ones, and methods as Type.Method.
func exported(d ast.Decl, names map[string]bool) {
	add := func(id *ast.Ident) {
		if id.IsExported() {
			names[id.Name] = true
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case d.Recv == nil:
			add(d.Name)
		case d.Name.IsExported() && ast.IsExported(receiver(d.Recv.List[0].Type)):
			names[receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				add(s.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					add(id)
				}
			}
		}
	}
}

// receiver returns the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// TestNothingIsCompiledAtStart: every command pays for what packages do before main. A pattern is compiled
// when it is first needed: sync.OnceValue.
func TestNothingIsCompiledAtStart(t *testing.T) {
	for room, files := range production(t) {
		if strings.HasPrefix(room, "docs/") {
			continue // no part of the program
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && compiles(g) {
					t.Errorf("%s compiles a pattern at every start", file)
				}
			}
		}
	}
}

// compiles reports whether a declaration calls regexp.MustCompile outside of a function.
func compiles(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "MustCompile" {
			found = true
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return found
}

// TestSchemasStandInOneTable: the name of a document stands in internal/schema, and the mock's in the mock.
func TestSchemasStandInOneTable(t *testing.T) {
	name := regexp.MustCompile(`^"asyncctl\.[a-z.]+/[0-9]+"$`)
	for room, files := range production(t) {
		if room == "internal/schema" || strings.HasPrefix(room, "mockserver") {
			continue
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && name.MatchString(text.Value) {
					t.Errorf("%s names %s: take it from internal/schema", file, text.Value)
				}
				return true
			})
		}
	}
}

// TestRoomsAreDescribed: the architecture has a row for each room.
func TestRoomsAreDescribed(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if name := path.Base(room); room != "" && !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "/"+name+"`") {
			t.Errorf("docs/architecture.md does not say what %s is", room)
		}
	}
}
