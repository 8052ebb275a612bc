package holder

import (
	"testing"

	"github.com/ipckit/ipckit/harness/world/message"
)

func TestVerdictOnNewObjects(t *testing.T) {
	const own, other = 1000, 1001
	h := &holder{known: map[int]bool{77: true}, setup: message.Setup{ID: "k2x7q4ab", User: own}}
	sole := &holder{setup: message.Setup{ID: "k2x7q4ab", User: own, OwnedUser: true}}
	for _, c := range []struct {
		what string
		h    *holder
		o    object
		want owner
	}{
		{"the cookie in its name", h, object{user: other, Leftover: message.Leftover{Kind: message.SharedMemory, Name: "/a-k2x7q4ab"}}, ours},
		{"another user's", h, object{user: other, Leftover: message.Leftover{Kind: message.SharedMemory, Name: "/a"}}, foreign},
		{"a process of the world created it", h, object{user: own, creator: 77, Leftover: message.Leftover{Kind: message.SystemVMemory}}, ours},
		{"an unknown process created it", h, object{user: own, creator: 78, Leftover: message.Leftover{Kind: message.SystemVMemory}}, doubtful},
		{"the creator is not kept", h, object{user: own, Leftover: message.Leftover{Kind: message.SystemVSemaphore}}, doubtful},
		{"only the world has this user", sole, object{user: own, Leftover: message.Leftover{Kind: message.Queue, Name: "/q"}}, ours},
		{"only the world has another user", sole, object{user: other, Leftover: message.Leftover{Kind: message.Queue, Name: "/q"}}, foreign},
	} {
		if got := c.h.owner(c.o); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}

// Removed memory that is still attached is no leftover.
func TestMarkedMemoryIsNoLeftover(t *testing.T) {
	table := systemV[0]
	for perms, want := range map[string]bool{"600": false, "1600": true, "1666": true} {
		if got := table.removed(map[string]string{"perms": perms}); got != want {
			t.Errorf("mode %s: removed is %v, want %v", perms, got, want)
		}
	}
}

func TestQueuesAreUnseenWithoutTheirFileSystem(t *testing.T) {
	if found, err := queues(t.TempDir()); err == nil || len(found) > 0 {
		t.Errorf("a directory that is no message queue file system: %v, %v; want an error", found, err)
	}
}
