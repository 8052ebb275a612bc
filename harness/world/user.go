package world

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// A user is what a world's processes run as.
type user struct {
	id     int
	drop   bool // it is not the kit's own, which must change to it
	owned  bool // no other process of the host has this uid
	reason string
	claim  net.Listener // keeps other worlds from it; nil where none is needed
}

func (u user) release() {
	if u.claim != nil {
		u.claim.Close()
	}
}

// pools are the ranges of uids to choose from: first one that neither
// distributions nor useradd's subordinate ids touch, then one that exists where
// a container maps 65536 uids only (systemd's dynamic users).
var pools = [][2]int{{70000, 99999}, {61184, 65519}}

// nobody is used where no uid of a pool can be had.
const nobody = 65534

// chooseUser decides what a world's processes run as.
func chooseUser(wanted int) user {
	own := user{id: os.Getuid()}
	if wanted == KitUser {
		own.reason = "the kit's own user was asked for"
		return own
	}
	if missing := proc.MissingCapabilities(unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_CHOWN, unix.CAP_KILL); missing != "" {
		if own.id == 0 {
			own.reason = "root lacks " + missing
		}
		return own // an ordinary user is as unprivileged as is needed
	}
	mapped := proc.ReadIDMap("/proc/self/uid_map").Covers
	if wanted > 0 {
		if !mapped(wanted) {
			own.reason = fmt.Sprintf("uid %d does not exist in this user namespace", wanted)
			return own
		}
		return user{id: wanted, drop: true}
	}
	accounts := accountIDs()
	for _, pool := range pools {
		size := pool[1] - pool[0] + 1
		first := rand.IntN(size)
		for i := range min(size, 100) {
			id := pool[0] + (first+i)%size
			if !mapped(id) || accounts[id] {
				continue
			}
			if claim := claimUser(id); claim != nil {
				return user{id: id, drop: true, owned: true, claim: claim}
			}
		}
	}
	if mapped(nobody) {
		return user{id: nobody, drop: true}
	}
	own.reason = "no uid beside the kit's own exists in this user namespace"
	return own
}

// claimUser takes a uid for one world. The claim is a name in the abstract
// namespace of unix sockets: nothing is left where the kit is killed.
func claimUser(id int) net.Listener {
	listener, err := net.Listen("unix", fmt.Sprintf("@ipckit-user-%d", id))
	if err != nil {
		return nil
	}
	return listener
}

// accountIDs are the uids that have an account on this host.
var accountIDs = sync.OnceValue(func() map[int]bool {
	ids := map[int]bool{}
	text, _ := os.ReadFile("/etc/passwd")
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(line, ":"); len(fields) > 2 {
			id, _ := strconv.Atoi(fields[2])
			ids[id] = true
		}
	}
	return ids
})
