package run

import (
	"context"
	"os"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// Version is the kit's.
const Version = "0.2.0"

// Header says what is checked, where, and by what. way is one of the ways in,
// command what was typed.
func Header(c subject.Claims, way, command string) reports.Header {
	h := reports.Header{
		Format: reports.FormatVersion, Kit: Version, Command: command, Claims: c,
		Subject: reports.Subject{Name: c.Subject, Version: c.Version, Language: c.Language, Way: way},
		Arch:    runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(), Time: time.Now().UTC(),
	}
	h.Subject.Profiles, h.Subject.Partial = profiles(c)
	h.Subject.Waived = c.Waived()
	h.Host, _ = os.Hostname()
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		h.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	for _, item := range world.Probe(context.Background()).Items {
		h.Capabilities = append(h.Capabilities, reports.Capability{Name: item.Name, OK: item.OK, Reason: item.Reason})
	}
	return h
}

// profiles lists what is claimed as a whole, and which of it only in part.
func profiles(c subject.Claims) (claimed, partial []string) {
	claimed = slices.DeleteFunc(c.Claimed(), func(p string) bool { return p == subject.ProfilePerformance })
	return claimed, c.PartialProfiles()
}
