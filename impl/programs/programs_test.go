package programs_test

import (
	"os"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/programs"
)

// known is what the catalogue says of the ids that the claims name.
var known = []subject.Requirement{{ID: "PROG-FIRST", Level: "extended", Profiles: []string{"program"}, When: "apart", Checked: true}}

func TestPairsHaveGoodClaims(t *testing.T) {
	for _, name := range programs.Pairs {
		dir := t.TempDir()
		if err := os.CopyFS(dir, programs.Pair(name)); err != nil {
			t.Fatal(err)
		}
		c, err := subject.ReadClaims(dir)
		if err == nil {
			err = c.Check(known)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
