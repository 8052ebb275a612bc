package holder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// overlays are a world's own view of the directories for temporary files:
// what the host has in them shows, what the world's processes write there goes
// to memory of the world's and ends with it. In it the world's directory
// is the host's, so that the kit and the world share what is in it.
//
// A view is an overlay, which does not follow what the host changes below it
// later: the kernel promises only that nothing breaks. What a world's processes
// need of the host's, such as programs that were built, must be there before the
// world is made; what the kit gives them afterwards belongs in the world's
// directory. In a user namespace, what belongs to a user that does not exist there
// can be read as its mode allows, but not changed (EOVERFLOW).
type overlays struct {
	shared string // the world's directory
	size   int64  // of all that may be written, in bytes; 0 means what the kernel gives
	from   string // the holder's working directory
	covers []cover
}

// A cover is an overlay mounted on one directory.
type cover struct {
	target string
	upper  int // descriptor of what the world's processes wrote
	lower  int // descriptor of what the host has
}

// temporaryDirs are the directories to cover, without symbolic links, outer ones
// first. TMPDIR is covered by itself also where it is in /tmp: an overlay on /tmp
// cannot be written to below a directory whose owner does not exist in the
// world's user namespace.
func temporaryDirs(shared string) []string {
	var all []string
	for _, dir := range []string{"/tmp", "/var/tmp", filepath.Dir(shared)} {
		dir, err := filepath.EvalSymlinks(dir)
		if err == nil && !slices.Contains(all, dir) {
			all = append(all, dir)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(a) - len(b) })
	return all
}

func below(path, dir string) bool {
	return strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// cover covers what the host allows to. The error says what stays the host's
// own, and why.
func (t *overlays) cover() error {
	if t.from == "" {
		t.from, _ = os.Getwd()
	}
	var refusals []string
	mounted := mountPoints()
	place, err := filepath.EvalSymlinks(t.shared)
	if err != nil {
		return err
	}
	shared, err := openPath(place)
	if err != nil {
		return err
	}
	defer unix.Close(shared)
	if err := mount("tmpfs", place, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, memoryOptions("755", t.size)); err != nil {
		return err
	}
	memory, err := openPath(place)
	if err != nil {
		return errors.Join(err, unix.Unmount(place, unix.MNT_DETACH))
	}
	defer unix.Close(memory)
	// By descriptor, for by now the path leads elsewhere. The overlays keep it.
	defer func() { _ = unix.Unmount(fdPath(memory), unix.MNT_DETACH) }()

	var planned []cover
	for _, target := range temporaryDirs(t.shared) {
		lower, err := openPath(target) // while it is the host's: before the first overlay
		if err != nil {
			refusals = append(refusals, err.Error())
			continue
		}
		planned = append(planned, cover{target: target, lower: lower, upper: -1})
	}
	for i, c := range planned {
		err := obstructed(c.target, mounted)
		if err == nil {
			err = c.lay(filepath.Join(fdPath(memory), fmt.Sprint(i)))
		}
		if err != nil {
			c.close()
			refusals = append(refusals, err.Error())
			continue
		}
		t.covers = append(t.covers, c)
	}
	if slices.ContainsFunc(t.covers, func(c cover) bool { return below(place, c.target) }) {
		if err := unix.Mount(fdPath(shared), place, "", unix.MS_BIND, ""); err != nil {
			t.uncover()
			refusals = append(refusals, fmt.Sprintf("mount the world's directory %s in a view: %v", place, err))
		}
	}
	// The working directory would stay the host's; relative paths begin there.
	_ = os.Chdir(t.from)
	if len(refusals) > 0 {
		return errors.New(strings.Join(refusals, "; "))
	}
	return nil
}

// obstructed says why a directory cannot be covered: the kernel says it less
// clearly, or not at all.
func obstructed(target string, mounted []string) error {
	if target == "/" {
		return errors.New("TMPDIR is /, which cannot be covered")
	}
	if i := slices.IndexFunc(mounted, func(path string) bool { return below(path, target) }); i >= 0 {
		return fmt.Errorf("%s is a file system of its own, which an overlay on %s would hide", mounted[i], target)
	}
	return nil
}

// lay puts the overlay in place. What is written goes to new directories, whose
// names begin with written.
func (c *cover) lay(written string) (err error) {
	upper, work := written+".upper", written+".work"
	if err := errors.Join(likeHosts(upper, c.lower), os.Mkdir(work, 0o700)); err != nil {
		return err
	}
	if c.upper, err = openPath(upper); err != nil {
		return err
	}
	scratch, err := openPath(work)
	if err != nil {
		return err
	}
	defer unix.Close(scratch)
	// Paths by descriptor are short, and need no escapes.
	data := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", fdPath(c.lower), fdPath(c.upper), fdPath(scratch))
	// Marks are kept in trusted attributes where these are allowed: not in a user
	// namespace.
	if unix.Setxattr(work, "trusted.ipckit", nil, 0) == unix.EPERM {
		data += ",userxattr"
	}
	if err := unix.Mount("overlay", c.target, "overlay", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOATIME, data); err != nil {
		return fmt.Errorf("mount an overlay on %s: %w%s", c.target, err, proc.Hint(err))
	}
	return nil
}

// likeHosts makes a directory with the mode and, where it exists in this user
// namespace, the owner of another: an overlay shows those of its upper layer.
func likeHosts(path string, host int) error {
	var stat unix.Stat_t
	if err := unix.Fstat(host, &stat); err != nil {
		return err
	}
	if err := unix.Mkdir(path, 0o700); err != nil {
		return err
	}
	_ = unix.Chown(path, int(stat.Uid), int(stat.Gid))
	return unix.Chmod(path, stat.Mode&0o7777)
}

// uncover makes the directories the host's again; nothing of what was written
// is kept.
func (t *overlays) uncover() {
	for _, c := range slices.Backward(t.covers) {
		_ = unix.Unmount(c.target, unix.MNT_DETACH) // with what is mounted in it
		c.close()
	}
	t.covers = nil
}

// renew forgets what was written, removals of what the host has included.
func (t *overlays) renew() error {
	if !slices.ContainsFunc(t.covers, cover.written) {
		return nil
	}
	covered := len(t.covers)
	t.uncover()
	if err := t.cover(); len(t.covers) < covered {
		return err
	}
	return nil
}

func (c cover) close() {
	for _, fd := range []int{c.upper, c.lower} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

func (c cover) written() bool {
	entries, err := os.ReadDir(fdPath(c.upper))
	return err != nil || len(entries) > 0
}

// files lists what the world's processes created. What the host has under the
// same name is not theirs, whatever they did to it; and that they removed
// something of the host's is seen by no other process.
func (c cover) files() ([]object, error) {
	return walkFiles(fdPath(c.upper), ofRuntime, func(name string, info os.FileInfo) (object, bool) {
		var host unix.Stat_t
		stat, ok := info.Sys().(*syscall.Stat_t)
		removed := ok && info.Mode()&os.ModeCharDevice != 0 && stat.Rdev == 0
		same := ok && unix.Fstatat(c.lower, name, &host, unix.AT_SYMLINK_NOFOLLOW) == nil && (host.Mode^stat.Mode)&unix.S_IFMT == 0
		if removed || same {
			return object{}, false
		}
		path := filepath.Join(c.target, name)
		o := fileObject(info, path, path)
		o.remove = nil // renew forgets all at once
		return o, true
	})
}

// runtimeNames are what language runtimes keep in /tmp for debuggers and
// themselves, whatever the program does: Java's performance counters and attach
// points, JNA's native part, .NET's diagnostics.
var runtimeNames = []string{"hsperfdata_*", ".java_pid*", ".attach_pid*", "jna-*", ".dotnet", "clr-debug-pipe-*", "dotnet-diagnostic-*"}

func ofRuntime(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.ContainsFunc(runtimeNames, func(pattern string) bool {
		is, _ := filepath.Match(pattern, first)
		return is
	})
}

// openPath opens a directory as a place only.
func openPath(path string) (int, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", path, err)
	}
	return fd, nil
}

func fdPath(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }

// mountPoints lists where file systems are mounted.
func mountPoints() []string {
	text, _ := os.ReadFile("/proc/self/mountinfo")
	var points []string
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 4 { // id parent major:minor root point …
			points = append(points, mountEscapes.Replace(fields[4]))
		}
	}
	return points
}

// mountEscapes undoes how the kernel writes paths into one column.
var mountEscapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
