package holder

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/temporary"
	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// An object is something that outlives the process that created it.
type object struct {
	message.Leftover
	id      uint64 // inode number, System V id
	user    int    // owner; creator of System V objects
	creator int    // process id; 0 where the kernel does not keep it
	remove  func() // nil where it goes with something else
}

// key differs from that of a later object of the same name.
func (o object) key() string { return fmt.Sprint(o.Kind, "\x00", o.Name, "\x00", o.id) }

// owner says what made a new object. In a world with namespaces that is the world.
func (h *holder) owner(o object) owner {
	switch {
	case h.setup.Isolated || o.Kind == message.LiveProcess || o.Kind == message.File || o.Kind == message.Socket:
		return ours
	case strings.Contains(o.Name, h.setup.ID):
		return ours
	case o.user != h.setup.User:
		return foreign
	case h.setup.OwnedUser || h.known[o.creator]:
		return ours
	}
	return doubtful
}

// keepPrefix begins the names of the kit's own files in a world's directory.
const keepPrefix = ".ipckit"

// objects lists everything that a process may leave behind, in the holder's
// namespaces, in the world's directory, and in its view of those for temporary files.
func (h *holder) objects() (all []object, unseen []message.Unseen) {
	miss := func(err error, kinds ...string) {
		for _, kind := range kinds {
			unseen = append(unseen, message.Unseen{Kind: kind, Reason: err.Error()})
		}
	}
	collect := func(found []object, err error, kinds ...string) {
		all = append(all, found...)
		if err != nil {
			miss(err, kinds...)
		}
	}
	found, err := sharedMemory("/dev/shm")
	collect(found, err, message.SharedMemory, message.Semaphore)
	found, err = queues("/dev/mqueue")
	collect(found, err, message.Queue)
	for _, table := range systemV {
		found, err = table.list()
		collect(found, err, table.kind)
	}
	found, err = files(h.setup.Dir)
	collect(found, err, message.File, message.Socket)
	for _, c := range h.tmp.covers {
		found, err = c.files()
		collect(found, err, message.File, message.Socket)
	}
	return all, unseen
}

// liveObjects lists the processes of the world.
func (h *holder) liveObjects() (all []object) {
	for _, p := range h.live() {
		all = append(all, object{id: uint64(p.PID), Leftover: message.Leftover{
			Kind:   message.LiveProcess,
			Name:   fmt.Sprintf("%d (%s)", p.PID, p.Name),
			Detail: proc.CommandLine(p.PID),
			Remedy: "end and await every process that is started, before the program ends",
		}})
	}
	return all
}

// sharedMemory lists POSIX shared memory and, by glibc's and musl's naming,
// POSIX semaphores.
func sharedMemory(dir string) (found []object, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the file system of shared memory cannot be read: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		o := newObject(info, filepath.Join(dir, e.Name()))
		name, semaphore := strings.CutPrefix(e.Name(), "sem.")
		o.Kind, o.Name, o.Remedy = message.SharedMemory, "/"+name, fmt.Sprintf("shm_unlink(%q)", "/"+name)
		if semaphore {
			o.Kind, o.Remedy = message.Semaphore, fmt.Sprintf("sem_unlink(%q)", "/"+name)
		}
		found = append(found, o)
	}
	return found, nil
}

// newObject describes a file; remove removes it with all below it.
func newObject(info fs.FileInfo, path string) object {
	o := object{remove: func() { _ = temporary.RemoveTree(path) }}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		o.id, o.user = stat.Ino, int(stat.Uid)
	}
	o.Detail = fmt.Sprintf("%d bytes, mode %v, uid %d", info.Size(), info.Mode(), o.user)
	return o
}

// mqueueMagic is the type of a message queue file system (MQUEUE_MAGIC of the
// kernel's ipc/mqueue.c).
const mqueueMagic = 0x19800202

// queues lists POSIX message queues. They show only where their file system is
// mounted.
func queues(dir string) (found []object, err error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil || fs.Type != mqueueMagic {
		return nil, fmt.Errorf("no message queue file system is mounted on %s", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the file system of message queues cannot be read: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		o := newObject(info, path)
		o.Kind, o.Name, o.Remedy = message.Queue, "/"+e.Name(), fmt.Sprintf("mq_unlink(%q)", "/"+e.Name())
		o.Detail = fmt.Sprintf("mode %v, uid %d", info.Mode(), o.user)
		if text, err := os.ReadFile(path); err == nil {
			content, _, _ := strings.Cut(string(text), " ") // QSIZE:129
			o.Detail += ", " + content + " bytes waiting"
		}
		found = append(found, o)
	}
	return found, nil
}

// files lists what is below a world's directory.
func files(root string) ([]object, error) {
	kits := func(name string) bool { return strings.HasPrefix(name, keepPrefix) }
	return walkFiles(root, kits, func(name string, info fs.FileInfo) (object, bool) {
		return fileObject(info, name, filepath.Join(root, name)), true
	})
}

// walkFiles lists what is below a directory, as far as it is not skipped, and is
// described. A directory is listed itself only where it is empty or closed: its
// content says more.
func walkFiles(root string, skip func(name string) bool, describe func(name string, info fs.FileInfo) (object, bool)) (found []object, err error) {
	tree := os.DirFS(root)
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case name == "." && err != nil:
			return fmt.Errorf("%s cannot be read: %w", root, err)
		case name == "." || err != nil: // a closed directory has been listed
			return nil
		case skip(name) && e.IsDir():
			return fs.SkipDir
		case skip(name):
			return nil
		}
		if e.IsDir() {
			if inside, _ := fs.ReadDir(tree, name); len(inside) > 0 {
				return nil
			}
		}
		info, err := e.Info()
		if err != nil {
			return nil // gone meanwhile
		}
		if o, ok := describe(name, info); ok {
			found = append(found, o)
		}
		return nil
	})
	return found, err
}

// fileObject describes a file, which the world's processes know by its path.
func fileObject(info fs.FileInfo, name, path string) object {
	o := newObject(info, path)
	o.Kind, o.Name, o.Remedy = message.File, name, fmt.Sprintf("unlink(%q)", path)
	switch {
	case info.IsDir():
		o.Remedy = fmt.Sprintf("rmdir(%q)", path)
	case info.Mode()&fs.ModeSocket != 0:
		o.Kind = message.Socket
	}
	return o
}

// number reads a decimal column of /proc; what is none is 0.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
