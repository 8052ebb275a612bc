package suites_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/suites/requirements"
)

// idPattern matches what is written as an id of the catalogue's families.
func idPattern(t *testing.T) (pattern *regexp.Regexp, known func(id string) bool) {
	t.Helper()
	c, err := requirements.Load()
	if err != nil {
		t.Fatal(err)
	}
	var families []string
	for _, f := range c.Families {
		families = append(families, f.ID)
	}
	return regexp.MustCompile(`\b(` + strings.Join(families, "|") + `)-[A-Z]+`), func(id string) bool { return c.Get(id) != nil }
}

// TestHarnessKnowsNoRequirement: what must hold is a matter of suites. A literal in
// the harness that names a requirement would be a second place to change.
func TestHarnessKnowsNoRequirement(t *testing.T) {
	pattern, _ := idPattern(t)
	texts := literals(t, "../harness")
	if len(texts) < 1000 {
		t.Fatalf("%d texts in harness: are these all files?", len(texts))
	}
	for _, x := range texts {
		if id := pattern.FindString(x.text); id != "" {
			t.Errorf("%s: %q names the requirement %s: it belongs in suites, or is read from the catalogue", x.at, x.text, id)
		}
	}
}

// TestRequirementsOfSuitesExist: an id in a spec, a load, a scenario or what they
// ask of the claims is one of the catalogue's.
func TestRequirementsOfSuitesExist(t *testing.T) {
	pattern, known := idPattern(t)
	found := 0
	for _, x := range literals(t, ".") {
		for _, id := range pattern.FindAllString(x.text, -1) {
			if found++; !known(id) {
				t.Errorf("%s: %q names %s, which the catalogue does not have", x.at, x.text, id)
			}
		}
	}
	if found < 100 {
		t.Fatalf("%d requirements are named in suites: are these all files?", found)
	}
}

// TestFolding: a text that is put together of constants is seen whole.
func TestFolding(t *testing.T) {
	const source = `package p
const family, dash = "REG", "-"
const id = family + dash + "MAPPED"
var x = f(id, y+"-B", (` + "`raw`" + `))
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, x := range fold(fset, []*ast.File{file}) {
		texts = append(texts, x.text)
	}
	if got := strings.Join(texts, " "); !strings.Contains(got, "REG-MAPPED") || !strings.Contains(got, unknown+"-B") || !strings.Contains(got, "raw") {
		t.Errorf("%q", texts)
	}
}

// A text is a string constant of the source.
type text struct {
	at   token.Position
	text string
}

// unknown stands for what is not known before a program runs.
const unknown = "\x00"

// literals gives the texts of all Go files under a folder but tests, after
// constants of a package have been put in.
func literals(t *testing.T, root string) (all []text) {
	t.Helper()
	folders := map[string][]*ast.File{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		dir := filepath.Dir(path)
		folders[dir] = append(folders[dir], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range folders {
		all = append(all, fold(fset, files)...)
	}
	return all
}

// fold gives the texts of one package.
func fold(fset *token.FileSet, files []*ast.File) (all []text) {
	f := folder{constants: map[string]ast.Expr{}}
	for _, file := range files {
		ast.Inspect(file, f.declare)
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.BasicLit, *ast.BinaryExpr:
				if s, ok := f.value(x.(ast.Expr), 0); ok {
					all = append(all, text{fset.Position(n.Pos()), s})
				}
			}
			return true
		})
	}
	return all
}

// A folder knows the constants of a package by name, whatever their scope.
type folder struct{ constants map[string]ast.Expr }

func (f folder) declare(n ast.Node) bool {
	d, ok := n.(*ast.GenDecl)
	if !ok || d.Tok != token.CONST {
		return true
	}
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			if i < len(v.Values) {
				f.constants[name.Name] = v.Values[i]
			}
		}
	}
	return true
}

// value is an expression as a text, where it has one: parts that are not known
// become [unknown].
func (f folder) value(e ast.Expr, depth int) (s string, ok bool) {
	if depth > 20 { // constants of one name in two scopes
		return unknown, false
	}
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind != token.STRING {
			return unknown, false
		}
		s, err := strconv.Unquote(x.Value)
		return s, err == nil
	case *ast.ParenExpr:
		return f.value(x.X, depth+1)
	case *ast.Ident:
		if c, ok := f.constants[x.Name]; ok {
			return f.value(c, depth+1)
		}
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return unknown, false
		}
		left, known := f.value(x.X, depth+1)
		right, also := f.value(x.Y, depth+1)
		return left + right, known || also
	}
	return unknown, false
}
