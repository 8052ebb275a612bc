package proc

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Hint says what usually lies behind an error by which the kernel refuses
// namespaces and mounts: " (reason; reason)", or "".
func Hint(err error) string {
	var reasons []string
	switch {
	case errors.Is(err, unix.ENOSPC):
		for _, kind := range []string{"user", "mnt", "ipc", "pid", "net"} {
			if path := "user/max_" + kind + "_namespaces"; Sysctl(path) == "0" {
				reasons = append(reasons, "/proc/sys/"+path+" is 0")
			}
		}
	case errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES):
		if NeedsUserNamespace() && Sysctl("kernel/unprivileged_userns_clone") == "0" {
			reasons = append(reasons, "/proc/sys/kernel/unprivileged_userns_clone is 0")
		}
		if NeedsUserNamespace() && Sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1" {
			reasons = append(reasons, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1")
		}
		if seccomp := seccompMode(); seccomp != "" && seccomp != "0" {
			reasons = append(reasons, "a seccomp filter is in force, as in most containers")
		}
	case errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS):
		reasons = append(reasons, "the kernel was built without it, or a sandbox imitates one")
	}
	if len(reasons) == 0 {
		return ""
	}
	return " (" + strings.Join(reasons, "; ") + ")"
}

// Sysctl is the value of a kernel parameter, such as "kernel/pid_max"; "" where it
// cannot be read.
func Sysctl(name string) string {
	text, _ := os.ReadFile("/proc/sys/" + name)
	return strings.TrimSpace(string(text))
}

// seccompMode is this process's, 0, 1 (strict) or 2 (a filter); "" where it cannot be read.
func seccompMode() string {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "Seccomp:"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
