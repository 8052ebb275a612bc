package holder

import (
	"os"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// Sweep ends what is left of a world without namespaces whose holder has died:
// processes that carry its cookie, are in its directory or have its uid; and
// removes what is known to be theirs. A daemon that got rid of its environment
// and left the directory, under the kit's own uid, escapes.
func Sweep(world message.Setup) {
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		left := strays(world)
		if len(left) == 0 {
			break
		}
		for _, pid := range left {
			kill(pid)
		}
	}
	_ = (&holder{setup: world}).remove()
}

// strays lists the live processes of a world without namespaces, as far as they
// can be recognized.
func strays(world message.Setup) []int {
	if world.ID == "" || world.Dir == "" {
		return nil // every process would match
	}
	found := append(proc.Carriers(message.CookieVariable+"="+world.ID), proc.Inhabitants(world.Dir)...)
	if world.OwnedUser && world.User > 0 {
		for _, pid := range proc.All() {
			if s := proc.ReadStatus(pid); s.UID == world.User && !s.Gone() {
				found = append(found, pid)
			}
		}
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(pid int) bool { return pid == os.Getpid() })
}
