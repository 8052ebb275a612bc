package reexec

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// start runs the binary in a role and returns what it printed.
func start(t *testing.T, role string) string {
	t.Helper()
	path, args, env := Args(role)
	cmd := &exec.Cmd{Path: path, Args: args, Env: append(os.Environ(), env...)}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", path, args, err, out)
	}
	return string(out)
}

func TestChildReachesTheAnchoredCall(t *testing.T) {
	Anchor(AnchorFromStack())
	defer Anchor("")
	switch Role() {
	case "echo":
		fmt.Print("here: ", Role())
		os.Exit(0)
	case "relay": // a child's child comes here too, without naming the anchor again
		anchor.Store(nil)
		fmt.Print(start(t, "echo"))
		os.Exit(0)
	}
	if got := start(t, "echo"); got != "here: echo" {
		t.Errorf("the child printed %q, want only what the role prints", got)
	}
	if got := start(t, "relay"); got != "here: echo" {
		t.Errorf("the child's child printed %q", got)
	}
}

func TestChildWithoutAnchorRunsNoTest(t *testing.T) {
	Anchor("")
	if Role() != "" {
		t.Fatal("a child without an anchor came here")
	}
	if got := start(t, "lost"); !strings.Contains(got, "no tests to run") {
		t.Errorf("the child printed %q, want go test's warning that there is nothing to run", got)
	}
}

func TestRoleOfTheOriginalIsEmpty(t *testing.T) {
	if Role() != "" {
		t.Errorf("Role() = %q in the original process", Role())
	}
}

func TestAnchorFromStack(t *testing.T) {
	if got := AnchorFromStack(); got != "TestAnchorFromStack" {
		t.Errorf("from the test: %q", got)
	}
	t.Run("closure", func(t *testing.T) {
		if got := AnchorFromStack(); got != "TestAnchorFromStack" {
			t.Errorf("from a sub-test: %q", got)
		}
	})
	done := make(chan string)
	go helper(done)
	if got := <-done; got != "" {
		t.Errorf("from a goroutine outside any test: %q, want none", got)
	}
}

func helper(done chan<- string) { done <- AnchorFromStack() }

func TestTestName(t *testing.T) {
	for function, want := range map[string]string{
		"example.org/m/pkg.TestBuffer":         "TestBuffer",
		"example.org/m/pkg.TestBuffer.func1.2": "TestBuffer",
		"gopkg.in/yaml%2ev3_test.TestA":        "TestA",
		"pkg.Test":                             "Test",
		"pkg.Testify":                          "",
		"pkg.TestMain":                         "",
		"pkg.(*Suite).TestMethod":              "",
		"main.main":                            "",
		"nodot":                                "",
	} {
		if got := testName(function); got != want {
			t.Errorf("testName(%q) = %q, want %q", function, got, want)
		}
	}
}
