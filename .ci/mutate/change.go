package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
)

// change is one file with one wrong place.
type change struct {
	pkg, file, what string
	line            int
	content         []byte
}

func (c change) String() string {
	file := c.file
	if here, err := os.Getwd(); err == nil {
		if inside, err := filepath.Rel(here, c.file); err == nil {
			file = inside
		}
	}
	return fmt.Sprintf("%s:%d: %s", file, c.line, c.what)
}

// turned is what each operator becomes.
var turned = map[token.Token]string{
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	token.EQL: "!=", token.NEQ: "==", token.LAND: "||", token.LOR: "&&",
	token.ADD: "-", token.SUB: "+",
}

// changes returns all wrong changes of a file.
func changes(pkg, path string) ([]change, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, 0)
	if err != nil {
		return nil, err
	}
	var all []change
	replace := func(at token.Pos, old, with string) {
		p := set.Position(at)
		if !bytes.HasPrefix(source[p.Offset:], []byte(old)) {
			return
		}
		content := bytes.Join([][]byte{source[:p.Offset], []byte(with), source[p.Offset+len(old):]}, nil)
		all = append(all, change{pkg, path, fmt.Sprintf("%q becomes %q", old, with), p.Line, content})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if with, ok := turned[n.Op]; ok && !text(n.X) && !text(n.Y) {
				replace(n.OpPos, n.Op.String(), with)
			}
		case *ast.BasicLit:
			if v, err := strconv.Atoi(n.Value); err == nil && n.Kind == token.INT {
				replace(n.Pos(), n.Value, strconv.Itoa(v+1))
			}
		case *ast.IfStmt:
			if n.Init == nil {
				replace(n.Cond.Pos(), string(source[set.Position(n.Cond.Pos()).Offset:set.Position(n.Cond.End()).Offset]), "false")
			}
		case *ast.IncDecStmt:
			replace(n.TokPos, n.Tok.String(), map[token.Token]string{token.INC: "--", token.DEC: "++"}[n.Tok])
		}
		return true
	})
	return all, nil
}

// text reports whether an expression is a string literal, where "+" joins.
func text(e ast.Expr) bool {
	l, ok := e.(*ast.BasicLit)
	return ok && l.Kind == token.STRING
}
