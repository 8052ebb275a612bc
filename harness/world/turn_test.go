package world

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
)

// Another run is imitated by another open file: locks belong to it.
func TestRunsWithoutNamespacesTakeTurns(t *testing.T) {
	other, err := os.Open(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := unix.Flock(int(other.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(within(t), 100*time.Millisecond)
	defer cancel()
	if _, err := New(ctx, Options{Isolation: None}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("while another run has its turn: %v, want deadline exceeded", err)
	}
	if err := unix.Flock(int(other.Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	one := newWorld(t, Options{Isolation: None})
	two := newWorld(t, Options{Isolation: None}) // of the same run
	for _, w := range []*World{one, two} {
		if err := unix.Flock(int(other.Fd()), unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EWOULDBLOCK) {
			t.Errorf("the lock can be taken while a world lives: %v", err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := unix.Flock(int(other.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Errorf("the lock after the last world: %v", err)
	}
}

func TestUserIsClaimedOnce(t *testing.T) {
	const id = 99999
	claim := claimUser(id)
	if claim == nil {
		t.Skip("another process has the claim")
	}
	if claimUser(id) != nil {
		t.Error("a uid was claimed twice")
	}
	claim.Close()
	if again := claimUser(id); again == nil {
		t.Error("a uid that was given back cannot be claimed")
	} else {
		again.Close()
	}
}

const closedRole = "closed"

// Under umask 077 go test builds a binary that only its owner may execute.
func TestClosedBinaryServesTheWorldsUser(t *testing.T) {
	if reexec.Role() == closedRole {
		w := newWorld(t, Options{})
		if !w.setup.Drop {
			t.Skip("the world's user is the kit's own")
		}
		must(t, w, "daemon") // starts itself again, too
		return
	}
	binary, err := os.ReadFile(reexec.Self)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "closed.test")
	if err := os.WriteFile(path, binary, 0o700); err != nil {
		t.Fatal(err)
	}
	reexec.Anchor(t.Name())
	defer reexec.Anchor("")
	_, args, env := reexec.Args(closedRole)
	child := &exec.Cmd{Path: path, Args: args, Env: reexec.Environment(os.Environ(), env...)}
	if text, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}
