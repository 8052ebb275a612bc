package world

import (
	"strings"
	"testing"
)

// TestRoomForTasks: a limit on processes that is too low for any check is reported before
// anything is started, with the way out.
func TestRoomForTasks(t *testing.T) {
	user := chooseUser(0)
	user.release()
	if user.id == 0 {
		t.Skip("root's processes are not limited, and it has no other user")
	}
	if err := roomForTasks(40, 4); err == nil || !strings.Contains(err.Error(), "40 processes") || !strings.Contains(err.Error(), "ulimit -u") {
		t.Errorf("%v", err)
	}
	for _, enough := range []uint64{1 << 22, 1<<64 - 1} {
		if err := roomForTasks(enough, 4); err != nil {
			t.Error(err)
		}
	}
}

// TestRoomForMemory: more than there is, is too much.
func TestRoomForMemory(t *testing.T) {
	dir := t.TempDir()
	if err := roomForMemory(dir, 1<<40); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
	if err := roomForMemory(dir, 0); err != nil {
		t.Error(err)
	}
}
