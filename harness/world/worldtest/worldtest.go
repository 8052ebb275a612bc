// Package worldtest makes worlds for the tests of other packages.
package worldtest

import (
	"context"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/world"
)

// patience is how long a world may take to be made on a loaded machine.
const patience = time.Minute

// New makes a world that ends with the test, which fails where the world cannot be
// made or leaves something that cannot be removed. The package's TestMain must call
// world.Hold in the role world.HolderRole. Under -short the test is skipped.
func New(t testing.TB, o world.Options) *world.World {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w, err := world.New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}
