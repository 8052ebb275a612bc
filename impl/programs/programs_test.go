package programs_test

import (
	"os"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/programs"
)

// known says of the ids that the pairs' claims name what the catalogue says.
func known(id string) (string, []string, bool) {
	return "extended", []string{"program"}, id == "PROG-FIRST"
}

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
