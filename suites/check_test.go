package suites_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/suites"
)

// TestCheck: Check can be called many times in a package, and in sub-tests.
func TestCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	control, _ := faults.Subject(faults.Control)
	t.Run("regions", func(t *testing.T) { suites.Check(t, control, suites.Only("REG-EXISTS"), suites.Seed(1)) })
	t.Run("buffers", func(t *testing.T) { suites.Check(t, control, suites.Only("BUF-FIFO", "BUF-ONE")) })
}

// brokenVariable makes TestCheckBroken check a subject that must fail.
const brokenVariable = "IPCKIT_TEST_BROKEN"

// TestCheckBroken: a subject that falls short fails the test that checks it,
// with the requirement's name and what was seen.
func TestCheckBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	if os.Getenv(brokenVariable) != "" {
		broken, _ := faults.Subject("region-create-truncates")
		suites.Check(t, broken, suites.Only("REG-EXISTS", "REG-MISSING"))
		return
	}
	c := exec.Command(os.Args[0], "-test.run=^TestCheckBroken$", "-test.v")
	c.Env = append(os.Environ(), brokenVariable+"=1")
	out, err := c.CombinedOutput()
	if err == nil {
		t.Error("a broken subject passed")
	}
	for _, want := range []string{"--- FAIL: TestCheckBroken/REG-EXISTS", "--- PASS: TestCheckBroken/REG-MISSING", "creating a name that exists", "how sure: failed 3 of 3 runs"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the test's output lacks %q:\n%s", want, out)
		}
	}
}
