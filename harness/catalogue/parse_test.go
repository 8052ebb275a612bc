package catalogue_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ipckit/ipckit/harness/catalogue"
)

const good = `family: REG
title: Shared regions
model: shared-memory
requirements:
  - id: REG-MAPPED
    level: core
    profiles: [region]
    since: "0.1"
    text: A rule.
    source: A book.
    why: A reason.
    hint: A place.
    checks: [behaviour]
  - id: REG-PRIVATE
    level: extended
    profiles: [region]
    since: "0.1"
    text: Another rule.
    source: A book.
    why: A reason.
    hint: A place.
    checks: [behaviour, fault]
`

const box = `family: BOX
title: Mailboxes
model: message-passing
requirements:
  - {id: BOX-DRAIN, level: core, profiles: [mailbox], when: close, since: "0.1", text: T., source: S., why: W., hint: H., checks: [stress]}
`

func parse(files map[string]string) (*catalogue.Catalogue, error) {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return catalogue.Parse(fs)
}

func TestParse(t *testing.T) {
	c, err := parse(map[string]string{"box.yaml": box, "reg.yaml": good, "README.md": "not read"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range c.All() {
		ids = append(ids, r.ID)
	}
	if got, want := strings.Join(ids, " "), "REG-MAPPED REG-PRIVATE BOX-DRAIN"; got != want {
		t.Errorf("order: got %s, want %s", got, want)
	}
	r := c.Get("BOX-DRAIN")
	if r == nil || r.When != "close" || r.Family() != "BOX" || r.Text != "T." || r.Checks[0] != catalogue.Stress {
		t.Errorf("got %+v", r)
	}
	if c.Get("BOX-NOTHING") != nil {
		t.Error("Get of an unknown id is not nil")
	}
	if len(c.Families) != 2 || c.Families[0].Title != "Shared regions" {
		t.Errorf("families: %+v", c.Families)
	}
}

func TestMistakesNameFileAndLine(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"    why: A reason.\n    hint", "    reason: A reason.\n    hint", `reg.yaml:11: unknown key "reason" in requirements[0] (known keys: id, level, profiles, when, by, of, keys, units, baselines, since, text, source, why, hint, checks)`},
		{"REG-PRIVATE", "REG-MAPPED", `reg.yaml:14: REG-MAPPED: the id is used already at reg.yaml:5`},
		{"REG-PRIVATE", "BUF-FIFO", `reg.yaml:14: BUF-FIFO: does not belong to family REG: move it to buf.yaml, or rename it REG-…`},
		{"REG-PRIVATE", "reg-private", `reg.yaml:14: reg-private: want a family, a dash and a word, all in capitals, such as REG-NAME`},
		{"  - id: REG-PRIVATE\n    level", "  - level", `reg.yaml:14: requirement 2: id is missing: give it one such as REG-NAME`},
		{"    text: A rule.\n", "", `reg.yaml:5: REG-MAPPED: text is missing`},
		{"    text: A rule.\n", "    text: \"\"\n", `reg.yaml:9: REG-MAPPED: text is missing`},
		{"    source: A book.\n    why", "    why", `reg.yaml:5: REG-MAPPED: source is missing`},
		{"    why: A reason.\n    hint", "    hint", `reg.yaml:5: REG-MAPPED: why is missing`},
		{"    hint: A place.\n    checks: [behaviour]", "    checks: [behaviour]", `reg.yaml:5: REG-MAPPED: hint is missing`},
		{"level: core", "level: cor", `reg.yaml:6: REG-MAPPED: unknown level "cor"; did you mean core? (known: core, extended, claim)`},
		{"    level: core\n", "", `reg.yaml:5: REG-MAPPED: level is missing: want one of core, extended, claim`},
		{"[behaviour, fault]", "[behavior]", `reg.yaml:22: REG-PRIVATE: unknown kind "behavior"; did you mean behaviour? (known: behaviour, stress, race, fault, performance)`},
		{"[behaviour, fault]", "[fault, fault]", `reg.yaml:22: REG-PRIVATE: kind fault is listed twice`},
		{"    checks: [behaviour, fault]\n", "", `reg.yaml:14: REG-PRIVATE: checks is missing: name at least one kind of behaviour, stress, race, fault, performance`},
		{"    level: core\n    profiles: [region]", "    level: core\n    profiles: [regions]", `reg.yaml:7: REG-MAPPED: unknown profile "regions"; did you mean region?`},
		{"    level: core\n", "    level: core\n    when: closed\n", `reg.yaml:7: REG-MAPPED: unknown condition "closed"; did you mean close?`},
		{`    since: "0.1"` + "\n    text: A rule", `    since: soon` + "\n    text: A rule", `reg.yaml:8: REG-MAPPED: since is "soon": want the kit version that brought it, in quotes, such as "0.1"`},
		{"family: REG", "family: BUF", `reg.yaml:1: family is "BUF": in this file it must be REG`},
		{"model: shared-memory", "model: message-passing", `reg.yaml:3: model is "message-passing": family REG belongs to shared-memory`},
		{"title: Shared regions\n", "", `reg.yaml:1: title is missing`},
		{"requirements:\n", "requirements: [\n", `reg.yaml:`},
	} {
		text := strings.Replace(good, tt.old, tt.new, 1)
		if text == good {
			t.Fatalf("%q is not in the file", tt.old)
		}
		_, err := parse(map[string]string{"reg.yaml": text})
		if err == nil {
			t.Errorf("%q for %q was accepted, want %s", tt.new, tt.old, tt.want)
		} else if !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q for %q:\n got %s\nwant %s", tt.new, tt.old, err, tt.want)
		}
	}
}

func TestMistakesOfFiles(t *testing.T) {
	for _, tt := range []struct {
		files map[string]string
		want  string
	}{
		{nil, "catalogue: no *.yaml file here: expected one a family, such as reg.yaml"},
		{map[string]string{"rgs.yaml": good}, "rgs.yaml: the name is not that of a family; did you mean reg.yaml"},
		{map[string]string{"reg.yaml": ""}, "reg.yaml: the file is empty"},
		{map[string]string{"reg.yaml": "family: REG\ntitle: T\nmodel: shared-memory\nrequirements: []\n"}, "reg.yaml:4: the family has no requirements"},
		{map[string]string{"reg.yaml": good, "box.yaml": strings.Replace(box, "BOX-DRAIN", "REG-MAPPED", 1)}, "box.yaml:5: REG-MAPPED: does not belong to family BOX"},
	} {
		if _, err := parse(tt.files); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%v:\n got %v\nwant %s", tt.files, err, tt.want)
		}
	}
}

func TestMistakesOfAllFilesAreReported(t *testing.T) {
	_, err := parse(map[string]string{
		"reg.yaml": strings.Replace(good, "level: core", "level: cor", 1),
		"box.yaml": strings.Replace(box, "when: close", "when: never", 1),
	})
	if err == nil || !strings.Contains(err.Error(), "reg.yaml:6") || !strings.Contains(err.Error(), "box.yaml:5") {
		t.Errorf("want a mistake in each file, got %v", err)
	}
}
