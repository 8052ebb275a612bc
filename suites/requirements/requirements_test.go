package requirements_test

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/suites"
	"github.com/ipckit/ipckit/suites/requirements"
)

// loaded parses the files once for all tests.
var loaded = sync.OnceValues(requirements.Load)

func load(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// published holds every id that a release has promised, with its level. Ids
// are a public contract: claims files and records name them.
//
//go:embed testdata/published.txt
var published string

func TestPublishedIdsStay(t *testing.T) {
	c := load(t)
	seen := map[string]bool{}
	for line := range strings.Lines(published) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		id, level := fields[0], catalogue.Level(fields[1])
		seen[id] = true
		if r := c.Get(id); r == nil {
			t.Errorf("%s is missing: published ids stay", id)
		} else if r.Level != level {
			t.Errorf("%s was published as %s, and is %s now", id, level, r.Level)
		}
	}
	for _, r := range c.All() {
		if !seen[r.ID] && r.Since != suites.Version { // that of the version in the making may still change
			t.Errorf("%s (%s, since %s) is not in testdata/published.txt: add the line", r.ID, r.Level, r.Since)
		}
	}
}

func TestEveryFamilyIsThere(t *testing.T) {
	var got []string
	for _, f := range load(t).Families {
		got = append(got, f.ID)
	}
	want := "REG WORD LOCK SEM RW SNAP BUF BOX LINK SYNC CAP NET TOP MED PLUG CRASH SBX COOP PERF PROG"
	if strings.Join(got, " ") != want {
		t.Errorf("families: got %s, want %s", strings.Join(got, " "), want)
	}
}

func TestIdsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range load(t).All() {
		if seen[r.ID] {
			t.Errorf("%s occurs twice", r.ID)
		}
		seen[r.ID] = true
	}
}

var sentenceEnd = regexp.MustCompile(`[.!?][)"']?\s+[A-Z(]`)

// A second sentence states an exception or an addition; a third would be
// another requirement.
func TestTextIsOneOrTwoSentences(t *testing.T) {
	for _, r := range load(t).All() {
		if !strings.HasSuffix(r.Text, ".") {
			t.Errorf("%s: the text does not end in a full stop: %s", r.ID, r.Text)
		}
		if n := len(sentenceEnd.FindAllString(r.Text, -1)) + 1; n > 2 {
			t.Errorf("%s: the text has %d sentences, want one or two: %s", r.ID, n, r.Text)
		}
		if n := utf8.RuneCountInString(r.Text); n < 35 || n > 340 {
			t.Errorf("%s: the text has %d letters, want 35 to 340", r.ID, n)
		}
	}
}

func TestWhyAndHintAreSentences(t *testing.T) {
	for _, r := range load(t).All() {
		if !strings.HasSuffix(r.Why, ".") {
			t.Errorf("%s: why does not end in a full stop: %s", r.ID, r.Why)
		}
		if !strings.HasSuffix(r.Hint, ".") && !strings.HasSuffix(r.Hint, "?") {
			t.Errorf("%s: the hint ends neither in a full stop nor in a question mark: %s", r.ID, r.Hint)
		}
		for what, text := range map[string]string{"why": r.Why, "hint": r.Hint} {
			if n := utf8.RuneCountInString(text); n < 30 || n > 320 {
				t.Errorf("%s: %s has %d letters, want 30 to 320", r.ID, what, n)
			}
		}
	}
}

// A hint says where to look, not what to change. These words introduce a change.
var recipe = regexp.MustCompile(`(?i)\b(you should|you must|you need to|fix|instead of|replace)\b|^(use|add|call|set|put|make)\b`)

func TestHintIsNotTheFix(t *testing.T) {
	for _, r := range load(t).All() {
		if at := recipe.FindString(r.Hint); at != "" {
			t.Errorf("%s: the hint gives the fix away at %q: %s", r.ID, at, r.Hint)
		}
	}
}

// Processes are things: a requirement says "it", "the process that …" and
// "reports" of them.
var personal = regexp.MustCompile(`(?i)\b(who|whom|whoever|nobody|somebody|everybody|anyone|anybody|everyone|he|told)\b`)

func TestProcessesAreNotPeople(t *testing.T) {
	for _, r := range load(t).All() {
		for _, text := range []string{r.Text, r.Why, r.Hint} {
			if word := personal.FindString(text); word != "" {
				t.Errorf("%s: %q: %s", r.ID, word, text)
			}
		}
	}
}

func TestNoTextIsUsedTwice(t *testing.T) {
	seen := map[string]string{}
	for _, r := range load(t).All() {
		for _, text := range []string{r.Text, r.Why, r.Hint} {
			if other, ok := seen[text]; ok {
				t.Errorf("%s and %s share a text: %s", r.ID, other, text)
			}
			seen[text] = r.ID
		}
	}
}

// Forms of source: a section of the book, POSIX, a manual page, a standard, a
// paper with its year, a chapter.
var sourceForms = []*regexp.Regexp{
	regexp.MustCompile(`^Operating System Concepts 10th ed\. §\d\.\d(\.\d)? \S`),
	regexp.MustCompile(`^POSIX\.1-2017 \S`),
	regexp.MustCompile(`^[a-z_0-9]+\([1-8]\)`),
	regexp.MustCompile(`^(CERT C [A-Z]{3}\d\d-C|CWE-\d+|ISO C11 \d|Intel SDM vol\.|limits\.h|x32 ABI)`),
	regexp.MustCompile(`^\S.+, .+ \((19|20)\d\d\)`),
	regexp.MustCompile(`^\S.+, .+, ch\. \d+`),
}

func TestEverySourceCanBeFound(t *testing.T) {
	for _, r := range load(t).All() {
		for part := range strings.SplitSeq(r.Source, "; ") {
			if !slices.ContainsFunc(sourceForms, func(form *regexp.Regexp) bool { return form.MatchString(part) }) {
				t.Errorf("%s: source %q is not a section, page, standard or paper with its year", r.ID, part)
			}
		}
	}
}

func TestSectionsKeepTheirTitles(t *testing.T) {
	section := regexp.MustCompile(`^Operating System Concepts 10th ed\. (§[\d.]+) ([^(]+)`)
	titles := map[string]string{}
	for _, r := range load(t).All() {
		for part := range strings.SplitSeq(r.Source, "; ") {
			m := section.FindStringSubmatch(part)
			if m == nil {
				continue
			}
			title := strings.TrimSpace(m[2])
			if first, ok := titles[m[1]]; ok && first != title {
				t.Errorf("%s: %s is titled %q here and %q elsewhere", r.ID, m[1], title, first)
			}
			titles[m[1]] = title
		}
	}
}

func TestFamiliesBelongToTheirProfiles(t *testing.T) {
	buffers := []string{"buffer.one-to-one", "buffer.many"}
	messages := []string{"mailbox", "link"}
	application := []string{"application"}
	allowed := map[string][]string{
		"REG": {"region"}, "WORD": {"word"}, "LOCK": {"lock"}, "SEM": {"semaphore"}, "RW": {"rwlock"}, "SNAP": {"snapshot"},
		"BUF": buffers, "BOX": {"mailbox"}, "LINK": {"link"}, "SYNC": messages, "CAP": messages, "NET": {"network"},
		"TOP": application, "MED": application, "PLUG": application, "CRASH": application, "SBX": application,
		"COOP": {"cooperation", "performance"}, "PERF": {"performance"}, "PROG": {"program"},
	}
	claimed := map[string]bool{}
	for _, r := range load(t).All() {
		for _, p := range r.Profiles {
			claimed[p] = true
			if !slices.Contains(allowed[r.Family()], p) {
				t.Errorf("%s belongs to profile %s, which is not one of %v", r.ID, p, allowed[r.Family()])
			}
		}
		if r.ID == "BUF-LINEAR" && !slices.Equal(r.Profiles, []string{"buffer.many"}) {
			t.Errorf("BUF-LINEAR belongs to %v, want buffer.many only", r.Profiles)
		}
	}
	for _, p := range catalogue.Profiles {
		if !claimed[p] {
			t.Errorf("profile %s has no requirement", p)
		}
	}
}

func TestConditionsBelongToTheirProfiles(t *testing.T) {
	objects := []string{"REG", "LOCK", "SEM", "RW", "SNAP", "BUF", "BOX", "LINK"}
	allowed := map[string][]string{
		"close": {"BUF", "BOX"}, "cancel": {"BUF", "BOX", "SYNC"}, "messages": {"LINK"},
		"build": {"PROG"}, "mechanism": {"PROG"}, "items": {"PROG"}, "capacity": {"PROG", "CAP"}, "zero": {"CAP", "SYNC"}, "unbounded": {"CAP"}, "apart": {"PROG"},
		"sleep": {"LOCK", "SEM", "RW", "BUF", "BOX"}, "maximum": {"SEM"}, "priority": {"BOX"}, "buffering": {"LINK"},
		"object": objects, "each": objects,
		"mailbox": {"NET"}, "link": {"NET"}, "words": {"COOP"},
	}
	for _, r := range load(t).All() {
		if r.When != "" && !slices.Contains(allowed[r.When], r.Family()) {
			t.Errorf("%s has the condition %s, which its profiles cannot meet", r.ID, r.When)
		}
	}
}

// Requirements of level claim are checked by measurement only, or by counting what
// is none too many or one too many, and no others are measured.
func TestClaimsAreMeasured(t *testing.T) {
	for _, r := range load(t).All() {
		measured := slices.Equal(r.Checks, []catalogue.Kind{catalogue.Performance})
		counted := strings.HasSuffix(r.ID, "-NOSYSCALL") && slices.Equal(r.Checks, []catalogue.Kind{catalogue.Behaviour})
		if (measured || counted) != (r.Level == catalogue.Claim) || (!measured && slices.Contains(r.Checks, catalogue.Performance)) {
			t.Errorf("%s: level %s, checks %v", r.ID, r.Level, r.Checks)
		}
	}
}

// A single run says little about concurrency, so these requirements are checked
// under load or by interleavings as well.
func TestConcurrencyIsStressed(t *testing.T) {
	stressed := regexp.MustCompile(`-(LINEAR|NOLOSS|NODUP|PRODUCERORDER)$|^WORD-|^SEM-(COUNT|BLOCK|WAKE)$|^(LOCK|RW)-EXCLUSION$`)
	raced := regexp.MustCompile(`^BUF-(LINEAR|NOLOSS|NODUP|PRODUCERORDER|WAKE|FULL|EMPTY)$|^WORD-|^SEM-(COUNT|BLOCK|WAKE)$|^RW-(EXCLUSION|SHARED|WAKE)$|^LOCK-(EXCLUSION|WAKE|OWNERDEATH)$|^SNAP-(WHOLE|WRITERDEATH)$`)
	for _, r := range load(t).All() {
		if stressed.MatchString(r.ID) && !slices.Contains(r.Checks, catalogue.Stress) {
			t.Errorf("%s lacks a check of kind stress: %v", r.ID, r.Checks)
		}
		if raced.MatchString(r.ID) && !slices.Contains(r.Checks, catalogue.Race) {
			t.Errorf("%s lacks a check of kind race: %v", r.ID, r.Checks)
		}
	}
}
