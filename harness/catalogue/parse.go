package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/strict"
	"github.com/ipckit/ipckit/harness/subject"
)

// Parse reads every family from the top of files, one YAML file each, named
// after its family in small letters: reg.yaml holds REG. Other files are
// ignored, families that have no file are left out. The order is that of the
// families, whatever the files' order, and within a family that of its file.
// All mistakes are reported at once, each with file and line.
func Parse(files fs.FS) (*Catalogue, error) {
	p := parser{files: files, seen: map[string]string{}}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("catalogue: no *.yaml file here: expected one a family, such as reg.yaml")
	}
	var known []string
	for _, f := range families {
		known = append(known, fileOf(f.id))
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			p.errs = append(p.errs, &strict.Error{File: name, Text: "the name is not that of a family" + nearest.Hint(name, known)})
		}
	}
	c := &Catalogue{byID: map[string]*Requirement{}}
	for _, f := range families {
		if !slices.Contains(names, fileOf(f.id)) {
			continue
		}
		if family, ok := p.family(f.id, f.model); ok {
			c.Families = append(c.Families, family)
		}
	}
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	for _, f := range c.Families {
		for _, r := range f.Requirements {
			c.requirements = append(c.requirements, r)
			c.byID[r.ID] = r
		}
	}
	return c, nil
}

func fileOf(family string) string { return strings.ToLower(family) + ".yaml" }

type parser struct {
	files fs.FS
	seen  map[string]string // id → file:line
	errs  []error
}

func (p *parser) family(id, model string) (Family, bool) {
	var f Family
	name := fileOf(id)
	data, err := fs.ReadFile(p.files, name)
	if err != nil {
		p.errs = append(p.errs, fmt.Errorf("catalogue: %w", err))
		return f, false
	}
	doc, err := strict.Parse(path.Base(name), data)
	if err == nil {
		err = doc.Decode(&f)
	}
	if err != nil {
		p.errs = append(p.errs, err)
		return f, false
	}
	bad := func(key, format string, args ...any) {
		p.errs = append(p.errs, doc.Errorf([]string{key}, format, args...))
	}
	if f.ID != id {
		bad("family", "family is %q: in this file it must be %s", f.ID, id)
	}
	if f.Model != model {
		bad("model", "model is %q: family %s belongs to %s", f.Model, id, model)
	}
	if strings.TrimSpace(f.Title) == "" {
		bad("title", "title is missing: say in a few words what the family is about")
	}
	if len(f.Requirements) == 0 {
		bad("requirements", "the family has no requirements")
	}
	for i, r := range f.Requirements {
		p.requirement(doc, id, i, r)
	}
	return f, true
}

var (
	mnemonic = regexp.MustCompile(`^[A-Z]+-[A-Z][A-Z0-9]*$`)
	version  = regexp.MustCompile(`^\d+\.\d+$`)
)

func (p *parser) requirement(doc *strict.Document, family string, i int, r *Requirement) {
	bad := func(key, format string, args ...any) {
		keys := []string{"requirements", strconv.Itoa(i), key}
		name := r.ID
		if name == "" {
			name = fmt.Sprintf("requirement %d", i+1)
		}
		p.errs = append(p.errs, doc.Errorf(keys, "%s: %s", name, fmt.Sprintf(format, args...)))
	}
	switch {
	case r.ID == "":
		bad("id", "id is missing: give it one such as %s-NAME", family)
		return
	case !mnemonic.MatchString(r.ID):
		bad("id", "want a family, a dash and a word, all in capitals, such as %s-NAME", family)
	case r.Family() != family:
		bad("id", "does not belong to family %s: move it to %s, or rename it %s-…", family, fileOf(r.Family()), family)
	}
	if first, ok := p.seen[r.ID]; ok {
		bad("id", "the id is used already at %s", first)
	} else {
		p.seen[r.ID] = fmt.Sprintf("%s:%d", doc.File, doc.Line("requirements", strconv.Itoa(i), "id"))
	}
	if !slices.Contains(Levels, r.Level) {
		bad("level", "%s", unknown("level", r.Level, Levels))
	}
	for _, part := range []struct{ key, text string }{{"text", r.Text}, {"source", r.Source}, {"why", r.Why}, {"hint", r.Hint}} {
		if strings.TrimSpace(part.text) == "" {
			bad(part.key, "%s is missing", part.key)
		}
	}
	if !version.MatchString(r.Since) {
		bad("since", `since is %q: want the kit version that brought it, in quotes, such as "0.1"`, r.Since)
	}
	if conditions := subject.Conditions(); r.When != "" && !slices.Contains(conditions, r.When) {
		bad("when", "%s", unknown("condition", r.When, conditions))
	} else if r.By != "" && (!slices.Contains(conditions, r.By) || r.Level == Core) {
		bad("by", "%q: want a condition that claims what is not core, one of %s", r.By, list(conditions))
	}
	for _, of := range []struct {
		key          string
		words, known []string
	}{{"of", r.Of, Profiles}, {"keys", r.Keys, subject.PromiseKeys}, {"units", r.Units, r.Units}, {"baselines", r.Baselines, r.Baselines}} {
		if len(of.words) > 0 && r.Level != Claim {
			bad(of.key, "a requirement of level %s promises no figure: take %s out", r.Level, of.key)
		}
		among(bad, of.key, strings.TrimSuffix(of.key, "s"), of.words, of.known)
	}
	set(bad, "profile", r.Profiles, Profiles)
	set(bad, "kind", r.Checks, Kinds)
}

// set checks a list of words: at least one, each known, none twice.
func set[W ~string](bad func(key, format string, args ...any), what string, words, known []W) {
	key := map[string]string{"profile": "profiles", "kind": "checks"}[what]
	if len(words) == 0 {
		bad(key, "%s is missing: name at least one %s of %s", key, what, list(known))
	}
	among(bad, key, what, words, known)
}

// among checks that each word of a list is known, and is there once.
func among[W ~string](bad func(key, format string, args ...any), key, what string, words, known []W) {
	for i, w := range words {
		if !slices.Contains(known, w) {
			bad(key, "%s", unknown(what, w, known))
		}
		if slices.Contains(words[:i], w) {
			bad(key, "%s %s is listed twice", what, w)
		}
	}
}

func unknown[W ~string](what string, word W, known []W) string {
	if word == "" {
		return fmt.Sprintf("%s is missing: want one of %s", what, list(known))
	}
	var words []string
	for _, k := range known {
		words = append(words, string(k))
	}
	return fmt.Sprintf("unknown %s %q%s (known: %s)", what, string(word), nearest.Hint(string(word), words), list(known))
}

func list[W ~string](words []W) string {
	var texts []string
	for _, w := range words {
		texts = append(texts, string(w))
	}
	return strings.Join(texts, ", ")
}
