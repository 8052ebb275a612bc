package sharedmemory

import "strings"

// directory is where Linux keeps POSIX shared memory, by the convention of
// shm_overview(7); a tmpfs.
const directory = "/dev/shm"

// nameMax is the longest name after the slash: NAME_MAX of tmpfs.
const nameMax = 255

// path checks a name and returns its file. A name is what shm_open accepts
// everywhere: a slash, then 1 to 255 bytes without another slash and without
// NUL, not "." nor "..", so that it never leaves directory.
func path(op, name string) (string, error) {
	rest, ok := strings.CutPrefix(name, "/")
	switch {
	case !ok:
		return "", refuse(op, quote(name), ErrInvalid, `a name starts with one slash, as in "/example"`)
	case rest == "" || rest == "." || rest == "..":
		return "", refuse(op, quote(name), ErrInvalid, "this name is reserved; choose another one")
	case strings.ContainsAny(rest, "/\x00"):
		return "", refuse(op, quote(name), ErrInvalid, "it contains NUL or another slash than the leading one")
	case len(rest) > nameMax:
		return "", refuse(op, quote(name), ErrInvalid, "%d bytes after the slash, at most %d are allowed", len(rest), nameMax)
	}
	return directory + name, nil
}

// quote keeps an unacceptable name readable in a message.
func quote(name string) string {
	const readable = 64
	if len(name) > readable {
		name = strings.ToValidUTF8(name[:readable], "") + "…"
	}
	return `"` + strings.ReplaceAll(name, "\x00", `\x00`) + `"`
}
