package faults_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each constant of a package's Fault is used by an algorithm of that package and
// by a row of a table here: one that is not is a fault that no mutant has.
func TestConstants(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{} // ring.IndexWraps
	for _, file := range parsed(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					rows[x.Name+"."+s.Sel.Name] = true
				}
			}
			return true
		})
	}
	found := 0
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		files := parsed(t, e.Name())
		constants, used := map[string]bool{}, map[string]bool{}
		for _, file := range files {
			declared := constantsOf(file)
			for _, c := range declared {
				constants[c.Name] = true
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if x, ok := n.(*ast.Ident); ok && !contains(declared, x) {
					used[x.Name] = true
				}
				return true
			})
		}
		found += len(constants)
		for name := range constants {
			if !used[name] {
				t.Errorf("%s.%s: no algorithm uses it", e.Name(), name)
			}
			if !rows[e.Name()+"."+name] {
				t.Errorf("%s.%s: no row has it", e.Name(), name)
			}
		}
	}
	if found < 150 {
		t.Errorf("only %d constants were found", found)
	}
}

// parsed are the files of a directory without its tests.
func parsed(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// constantsOf are the constants of the type Fault that a file declares, without
// the first, which is no fault.
func constantsOf(file *ast.File) (names []*ast.Ident) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		first, ok := g.Specs[0].(*ast.ValueSpec)
		if !ok {
			continue
		}
		if x, ok := first.Type.(*ast.Ident); !ok || x.Name != "Fault" {
			continue
		}
		for _, s := range g.Specs[1:] {
			names = append(names, s.(*ast.ValueSpec).Names...)
		}
	}
	return names
}

func contains(all []*ast.Ident, x *ast.Ident) bool {
	for _, y := range all {
		if x == y {
			return true
		}
	}
	return false
}
