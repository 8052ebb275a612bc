package proc

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// NeedsUserNamespace reports whether this process can make other namespaces only
// together with a user namespace. Being
// uid 0 says nothing: a container's root may lack CAP_SYS_ADMIN; and a
// process that has it under another uid loses it by executing a program.
func NeedsUserNamespace() bool {
	return os.Geteuid() != 0 || MissingCapabilities(unix.CAP_SYS_ADMIN) != ""
}

// MissingCapabilities names those that this process does not have in effect.
func MissingCapabilities(wanted ...int) string {
	effective := EffectiveCapabilities()
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

// EffectiveCapabilities is the set of the calling thread, one bit each.
func EffectiveCapabilities() uint64 {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0
	}
	return uint64(data[1].Effective)<<32 | uint64(data[0].Effective)
}

// An IDMap is the content of a uid_map: ranges of ids that exist.
type IDMap [][2]int

// ReadIDMap reads one; of a file that cannot be read it is empty.
func ReadIDMap(path string) (m IDMap) {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		var inside, outside, count int
		if _, err := fmt.Sscan(line, &inside, &outside, &count); err == nil {
			m = append(m, [2]int{inside, inside + count - 1})
		}
	}
	return m
}

// Covers reports whether an id exists.
func (m IDMap) Covers(id int) bool {
	for _, r := range m {
		if r[0] <= id && id <= r[1] {
			return true
		}
	}
	return false
}
