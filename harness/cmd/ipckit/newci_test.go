package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ipckit/ipckit/harness/cmd/ipckit/help"
	"github.com/ipckit/ipckit/reports"
)

// workflow is what these tests read of a GitHub workflow.
type workflow struct {
	Jobs map[string]struct {
		Strategy struct {
			Matrix struct {
				Subject []string
			}
		}
		Steps []struct {
			Name, Uses, Run, If string
			Env, With           map[string]any
		}
	}
}

func readWorkflow(t *testing.T, repository string) (w workflow) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, workflowPath))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// step runs the step of that name as GitHub does, in the repository, and gives
// its exit status. Expressions of its environment are given by their values.
func (w workflow) step(t *testing.T, repository, job, name string, env ...string) int {
	t.Helper()
	if testing.Short() && name == "Check" {
		t.Skip("makes worlds")
	}
	for _, s := range w.Jobs[job].Steps {
		if s.Name != name {
			continue
		}
		for variable := range s.Env {
			if !slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, variable+"=") }) {
				t.Errorf("step %s needs %s", name, variable)
			}
		}
		bin := t.TempDir()
		write(t, bin, "ipckit", "#!/bin/sh\n"+asCommand+`=1 exec "$KIT" "$@"`+"\n")
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command("bash", "-e", "-o", "pipefail", "-c", s.Run)
		c.Dir = repository
		c.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "KIT="+self, "NO_COLOR=1")
		c.Env = append(c.Env, env...)
		if out, err := c.CombinedOutput(); c.ProcessState == nil {
			t.Fatal(err)
		} else {
			t.Logf("%s", out)
		}
		return c.ProcessState.ExitCode()
	}
	t.Fatalf("the workflow has no step %q in job %s", name, job)
	return 0
}

// kept is the directory that the workflow uploads, whatever the steps before it
// came to.
func (w workflow) kept(t *testing.T, job string) string {
	t.Helper()
	for _, s := range w.Jobs[job].Steps {
		if strings.HasPrefix(s.Uses, "actions/upload-artifact@") {
			if s.If != "always()" {
				t.Errorf("the report is uploaded if %q", s.If)
			}
			return s.With["path"].(string)
		}
	}
	t.Fatal("nothing is uploaded")
	return ""
}

// TestWorkflowOfALibrary: it names the directories with claims; its check gates,
// and what it uploads is there.
func TestWorkflowOfALibrary(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	repository := t.TempDir()
	good := filepath.Join(repository, "queue", "pair")
	ipckit(t, "new", "programs", good).expect(t, reports.ExitPass)
	bad := filepath.Join(repository, "bad")
	if err := os.Mkdir(bad, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, bad, "ipckit.yaml", "subject: x\nprofilse: {}\n")
	ipckit(t, "new", "ci", repository).expect(t, reports.ExitPass, "It checks: bad, queue/pair")
	ipckit(t, "new", "ci", repository).expect(t, reports.ExitUsage, "exists already")
	w := readWorkflow(t, repository)
	if got := w.Jobs["check"].Strategy.Matrix.Subject; !slices.Equal(got, []string{"bad", "queue/pair"}) {
		t.Errorf("subjects %q", got)
	}
	if status := w.step(t, repository, "check", "Check", "SUBJECT=bad"); status != reports.ExitUsage {
		t.Errorf("bad claims: the step ends with %d", status)
	}
	if status := w.step(t, repository, "check", "Check", "SUBJECT=queue/pair"); status != reports.ExitPass {
		t.Errorf("the good pair: the step ends with %d", status)
	}
	if _, err := os.Stat(filepath.Join(repository, w.kept(t, "check"), "report.html")); err != nil {
		t.Error(err)
	}
}

// TestWorkflowWithoutClaims: the directory of the repository itself is meant.
func TestWorkflowWithoutClaims(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "new")
	ipckit(t, "new", "ci", repository).expect(t, reports.ExitPass, "no ipckit.yaml yet")
	if got := readWorkflow(t, repository).Jobs["check"].Strategy.Matrix.Subject; !slices.Equal(got, []string{"."}) {
		t.Errorf("subjects %q", got)
	}
}

// TestWorkflowOfACourse: submissions are listed, take the course's claims, and
// gate.
func TestWorkflowOfACourse(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"jq", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	repository := t.TempDir()
	ipckit(t, "new", "ci", repository, "--for", "course").expect(t, reports.ExitPass, "submissions/")
	w := readWorkflow(t, repository)
	output := filepath.Join(t.TempDir(), "output")
	if err := os.MkdirAll(filepath.Join(repository, "submissions"), 0o755); err != nil {
		t.Fatal(err)
	}
	if status := w.step(t, repository, "list", "List the submissions", "GITHUB_OUTPUT="+output); status == 0 {
		t.Error("no submission counts as a pass")
	}
	for _, name := range []string{"bo", "al ice"} {
		if err := os.Mkdir(filepath.Join(repository, "submissions", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if status := w.step(t, repository, "list", "List the submissions", "GITHUB_OUTPUT="+output); status != 0 {
		t.Errorf("the list ends with %d", status)
	}
	listed, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(listed), "names=[\"al ice\",\"bo\"]\n") {
		t.Errorf("listed %q", listed)
	}
	const claims = "subject: the course's\nprofilse: {}\n"
	write(t, repository, "ipckit.yaml", claims)
	if status := w.step(t, repository, "check", "Take the course's claims", "NAME=al ice"); status != 0 {
		t.Errorf("taking the claims ends with %d", status)
	}
	if got, _ := os.ReadFile(filepath.Join(repository, "submissions", "al ice", "ipckit.yaml")); string(got) != claims {
		t.Errorf("the submission's claims are %q", got)
	}
	if status := w.step(t, repository, "check", "Check", "NAME=al ice"); status != reports.ExitUsage {
		t.Errorf("the check ends with %d", status)
	}
	w.kept(t, "check")
}

// TestHelpTopics: each is shown, and the index names it.
func TestHelpTopics(t *testing.T) {
	t.Parallel()
	index := ipckit(t, "help")
	for _, topic := range help.Topics {
		text, _ := help.Text(topic.Name)
		title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		ipckit(t, "help", topic.Name).expect(t, reports.ExitPass, title)
		index.expect(t, reports.ExitPass, topic.Name+" "+topic.About)
	}
	ipckit(t, "help", "check").expect(t, reports.ExitPass, "ipckit check ./mybuffer --only")
}
