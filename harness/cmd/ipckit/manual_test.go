package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/cmd/ipckit/help"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

func page(t *testing.T, name string) string {
	t.Helper()
	text, ok := help.Text(name)
	if !ok {
		t.Fatalf("no topic %s", name)
	}
	return strings.Join(strings.Fields(text), " ")
}

// TestManualSaysWhatTheCodeDoes: the lists that stand in the manual are those of
// the code.
func TestManualSaysWhatTheCodeDoes(t *testing.T) {
	for _, x := range []struct {
		topic string
		words []string
	}{
		{"claims", []string{subject.ProfileRegion, subject.ProfileWord, subject.ProfileLock, subject.ProfileSemaphore, subject.ProfileRWLock,
			subject.ProfileSnapshot, subject.ProfileOneToOne, subject.ProfileMany, subject.ProfileMailbox, subject.ProfileLink,
			subject.ProfileNetwork, subject.ProfileCooperation}},
		{"programs", subject.Placeholders},
		{"plugging-in", c.Parts},
	} {
		for _, word := range x.words {
			if !strings.Contains(page(t, x.topic), "`"+word+"`") {
				t.Errorf("help %s does not name %s", x.topic, word)
			}
		}
	}
	for _, v := range reports.Verdicts {
		if !strings.Contains(page(t, "reports"), "`"+string(v)+"`") {
			t.Errorf("help reports does not name the verdict %s", v)
		}
	}
	for _, name := range fileNames() {
		if !strings.Contains(page(t, "reports"), "`"+name+"`") {
			t.Errorf("help reports does not name %s", name)
		}
	}
	if want := "`ipckit check` runs checks of the kinds " + defaultKinds() + "."; !strings.Contains(page(t, "load"), want) {
		t.Errorf("help load does not say: %s", want)
	}
	if want := fmt.Sprintf("%g s over all its checks", run.Moment.Seconds()); !strings.Contains(page(t, "load"), want) {
		t.Errorf("help load does not say: %s", want)
	}
}

// TestManualNamesRequirements: an id in the manual is one of the catalogue's.
func TestManualNamesRequirements(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range help.Topics {
		for _, id := range regexp.MustCompile(`\b[A-Z]{2,5}-[A-Z]{2,}\b`).FindAllString(page(t, topic.Name), -1) {
			if suite.Catalogue.Get(id) == nil {
				t.Errorf("help %s names %s, which the catalogue does not have", topic.Name, id)
			}
		}
	}
}

// TestManualsPromises: the promises that stand in the manual as examples are ones
// that a subject can make.
func TestManualsPromises(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	var requirements []subject.Requirement
	for _, r := range suite.Catalogue.All() {
		requirements = append(requirements, subject.Requirement{ID: r.ID, Level: string(r.Level), Profiles: r.Profiles, When: r.When,
			Of: r.Of, Keys: r.Keys, Units: r.Units, Baselines: r.Baselines, Checked: true})
	}
	text, _ := help.Text("claims")
	_, promises, found := strings.Cut(text, "```yaml\nperformance:\n")
	promises, _, _ = strings.Cut(promises, "```")
	dir := t.TempDir()
	write(t, dir, "ipckit.yaml", `subject: s
agent: ./s
profiles:
  region: {}
  word: {}
  buffer.one-to-one: {capacity: {items: 8}, item: {max: 64KiB}}
  buffer.many: {capacity: {items: 8}, item: {max: 64KiB}}
performance:
`+promises)
	claims, err := subject.ReadClaims(dir)
	if err == nil {
		err = claims.Check(requirements)
	}
	if err != nil || !found || len(claims.Performance) < 8 {
		t.Errorf("%d promises: %v", len(claims.Performance), err)
	}
}

// TestDefaultKinds: what the help of check says runs, a plan without kinds runs.
func TestDefaultKinds(t *testing.T) {
	for _, k := range catalogue.Kinds {
		if got, want := strings.Contains(defaultKinds(), string(k)), (run.Plan{}).Runs(k); got != want {
			t.Errorf("%s: said %v, run %v", k, got, want)
		}
	}
}
