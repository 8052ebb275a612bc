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
)

// A user is whom a world's processes run as.
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

// chooseUser decides whom a world's processes run as.
func chooseUser(wanted int) user {
	own := user{id: os.Getuid()}
	if wanted == KitUser {
		own.reason = "the kit's own user was asked for"
		return own
	}
	if missing := missingCapabilities(unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_CHOWN, unix.CAP_KILL); missing != "" {
		if own.id == 0 {
			own.reason = "root lacks " + missing
		}
		return own // an ordinary user is as unprivileged as is needed
	}
	mapped := readIDMap("/proc/self/uid_map").covers
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
			ids[number(fields[2])] = true
		}
	}
	return ids
})

// An idMap is the content of a uid_map: ranges of ids that exist.
type idMap [][2]int

func readIDMap(path string) (m idMap) {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 {
			first := number(fields[0])
			count, _ := strconv.ParseInt(fields[2], 10, 64)
			m = append(m, [2]int{first, first + int(count) - 1})
		}
	}
	return m
}

func (m idMap) covers(id int) bool {
	for _, r := range m {
		if r[0] <= id && id <= r[1] {
			return true
		}
	}
	return false
}

// missingCapabilities names those that this process has not in effect.
func missingCapabilities(wanted ...int) string {
	effective := effectiveCapabilities()
	var missing []string
	for _, c := range wanted {
		if effective&(1<<c) == 0 {
			missing = append(missing, capabilityNames[c])
		}
	}
	return strings.Join(missing, ", ")
}

var capabilityNames = map[int]string{
	unix.CAP_SETUID: "CAP_SETUID", unix.CAP_SETGID: "CAP_SETGID", unix.CAP_CHOWN: "CAP_CHOWN", unix.CAP_KILL: "CAP_KILL",
	unix.CAP_SYS_ADMIN: "CAP_SYS_ADMIN", unix.CAP_SYS_PTRACE: "CAP_SYS_PTRACE",
}

// effectiveCapabilities is the set of the calling thread, one bit each.
func effectiveCapabilities() uint64 {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0
	}
	return uint64(data[1].Effective)<<32 | uint64(data[0].Effective)
}
