package controls_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ipckit/ipckit/impl/controls"
)

// A fault whose line the control no longer has would be no fault.
func TestFaultsFitTheControls(t *testing.T) {
	for _, f := range controls.Faults() {
		dir := t.TempDir()
		if err := f.Write(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "ipckit.yaml")); err != nil {
			t.Errorf("%s: %v", f.ID, err)
		}
	}
}
