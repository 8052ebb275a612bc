package strict_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/strict"
)

type fruit struct {
	Name    string   `yaml:"name"`
	Version string   `yaml:"version"`
	Ripe    bool     `yaml:"ripe"`
	Seeds   int      `yaml:"seeds"`
	Weight  float64  `yaml:"weight"`
	Kinds   []string `yaml:"kinds"`
	Tree    *tree    `yaml:"tree,omitempty"`
	Grams   grams    `yaml:"grams"`
	hidden  int
}

type tree struct {
	Height int `yaml:"height"`
}

type grams struct {
	N int `yaml:"n"`
}

func (g *grams) UnmarshalYAML(b []byte) error {
	if text := strings.TrimSpace(string(b)); text != "heavy" && text != "n: 1000" {
		return errors.New("want heavy or n: 1000")
	}
	g.N = 1000
	return nil
}

func decode(text string) (fruit, error) {
	var f fruit
	doc, err := strict.Parse("fruit.yaml", []byte(text))
	if err != nil {
		return f, err
	}
	return f, doc.Decode(&f)
}

func TestDecode(t *testing.T) {
	f, err := decode("# comment\nname: plum # why\nversion: 1.10\nripe: true\nseeds: 1\nweight: 2\nkinds: [a, b]\ntree:\n  height: 3\ngrams: heavy\n")
	if err != nil {
		t.Fatal(err)
	}
	if f.Name != "plum" || f.Version != "1.10" || !f.Ripe || f.Seeds != 1 || f.Weight != 2 || len(f.Kinds) != 2 || f.Tree.Height != 3 || f.Grams.N != 1000 || f.hidden != 0 {
		t.Errorf("got %+v, tree %+v", f, f.Tree)
	}
}

func TestTypeThatReadsItselfTakesKeys(t *testing.T) {
	if f, err := decode("grams:\n  n: 1000\n"); err != nil || f.Grams.N != 1000 {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestMistakesNameTheirLine(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"name: plum\nsedes: 1\n", `fruit.yaml:2: unknown key "sedes"; did you mean seeds? (known keys: name, version, ripe, seeds, weight, kinds, tree, grams)`},
		{"tree:\n  hight: 1\n", `fruit.yaml:2: unknown key "hight" in tree; did you mean height? (known keys: height)`},
		{"hidden: 1\n", `fruit.yaml:1: unknown key "hidden" (known keys: name, version, ripe, seeds, weight, kinds, tree, grams)`},
		{"name: plum\nname: pear\n", `fruit.yaml:2: mapping key "name" already defined at [1:1]`},
		{"ripe: yes\n", `fruit.yaml:1: ripe: want true or false, not "yes"`},
		{"\nseeds: many\n", `fruit.yaml:2: seeds: want a whole number, not "many"`},
		{"seeds: 1.5\n", `fruit.yaml:1: seeds: want a whole number, not "1.5"`},
		{"weight: [1]\n", `fruit.yaml:1: weight: want a number, not a list`},
		{"name: {a: 1}\n", `fruit.yaml:1: name: want text, not keys with values`},
		{"kinds: a\n", `fruit.yaml:1: kinds: want a list such as [A, B], not "a"`},
		{"kinds:\n  - a\n  - [b]\n", `fruit.yaml:3: kinds[1]: want text, not a list`},
		{"tree: 4\n", `fruit.yaml:1: tree: want keys with values (height), not "4"`},
		{"name: plum\ntree:\n", `fruit.yaml:2: tree has no value: write tree: {} for its defaults, or remove the line`},
		{"name:\nripe: true\n", `fruit.yaml:1: name has no value: remove the line`},
		{"grams: medium\n", `fruit.yaml:1: grams: want heavy or n: 1000`},
		{"\ngrams:\n  n: 7\n", `fruit.yaml:3: grams: want heavy or n: 1000`},
		{"grams: {N: 1}\n", `fruit.yaml:1: unknown key "N" in grams; did you mean n? (known keys: n)`},
		{"name: plum\ntree:\n\theight: 1\n", `fruit.yaml:3: tabs cannot indent: use spaces`},
		{"\ufeffsedes: 1\n", `fruit.yaml:1: unknown key "sedes"; did you mean seeds? (known keys: name, version, ripe, seeds, weight, kinds, tree, grams)`},
		{"name: plum\nkinds: [\xe9t\xe9]\n", `fruit.yaml:2: the file is not UTF-8 text: this line holds the byte 0xe9`},
		{"\xff\xfen\x00", `fruit.yaml:1: the file is not UTF-8 text: this line holds the byte 0xff`},
		{"kinds:\n" + strings.Repeat("[", 500_000), `fruit.yaml:2: more than 100 levels of nesting; no file needs so many`},
		{"name: " + strings.Repeat("{a: ", 101), `fruit.yaml:1: more than 100 levels of nesting; no file needs so many`},
		{strings.Repeat("- ", 250_000) + "a\n", `fruit.yaml:1: more than 100 levels of nesting; no file needs so many`},
		{"name: &a plum\n", `fruit.yaml:1: name: anchors and aliases are not supported: write the value out`},
		{"seeds: !!int \"1\"\n", `fruit.yaml:1: seeds: tags such as !!str are not supported: put the value in quotes`},
		{"- a\n", `fruit.yaml:1: the file: want keys with values (name, version, ripe, seeds, weight, kinds, tree, grams), not a list`},
		{"", `fruit.yaml: the file is empty`},
		{"# only a comment\n", `fruit.yaml: the file is empty`},
		{"name: plum\n---\nname: pear\n", `fruit.yaml:3: a second document begins here, but a file holds one: remove the ---`},
	} {
		_, err := decode(tt.text)
		if err == nil {
			t.Errorf("%.80q was accepted, want %q", tt.text, tt.want)
		} else if err.Error() != tt.want {
			t.Errorf("%.80q:\n got %s\nwant %s", tt.text, err, tt.want)
		}
	}
}

func TestSyntaxErrorIsOneLine(t *testing.T) {
	for _, text := range []string{"name: [plum\n", "name: plum\n\tripe: true\n", "a: b: c\n", "name: \"plum\n"} {
		_, err := decode(text)
		var e *strict.Error
		if !errors.As(err, &e) || e.File != "fruit.yaml" || e.Line == 0 || strings.Contains(e.Text, "\n") {
			t.Errorf("%q: want one line with its number, got %v", text, err)
		}
	}
}

func TestAllMistakesAreReported(t *testing.T) {
	_, err := decode("nome: plum\nripe: maybe\n")
	if err == nil || len(strings.Split(err.Error(), "\n")) != 2 {
		t.Errorf("want two mistakes, got %v", err)
	}
}

func TestLine(t *testing.T) {
	doc, err := strict.Parse("f.yaml", []byte("name: plum\ntree:\n  height: 3\nkinds:\n  - a\n  - b\nlist:\n  - name: x\n    ripe: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		keys string
		want int
	}{
		{"name", 1}, {"tree", 2}, {"tree height", 3}, {"tree width", 2}, {"kinds 1", 6}, {"kinds 7", 4},
		{"list 0", 8}, {"list 0 ripe", 9}, {"nothing", 1}, {"name deeper", 1},
	} {
		if got := doc.Line(strings.Fields(tt.keys)...); got != tt.want {
			t.Errorf("Line(%s) = %d, want %d", tt.keys, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("name: plum\ntree: {height: 1}\n")
	f.Add("kinds: [a, 'b']\ngrams: heavy\n")
	f.Fuzz(func(t *testing.T, text string) { _, _ = decode(text) })
}
