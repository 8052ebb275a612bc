package mechanism

import (
	"slices"
	"sort"
	"strings"
)

// A Use is one mechanism that was seen.
type Use struct {
	Name    string   // as assignments call it
	Objects []string // what it was used on, sorted; empty where there is nothing to distinguish
	PIDs    []int    // of the processes that used it, as the program sees them
}

// Uses sums up facts, in the order in which the mechanisms were first seen.
// A file that one process opened for writing and another for reading becomes
// the mechanism "file"; files of one process alone are no mechanism.
func Uses(facts []Fact) []Use {
	var uses []Use
	add := func(name, object string, pid int) {
		i := slices.IndexFunc(uses, func(u Use) bool { return u.Name == name })
		if i < 0 {
			i = len(uses)
			uses = append(uses, Use{Name: name})
		}
		u := &uses[i]
		if object != "" && !slices.Contains(u.Objects, object) {
			u.Objects = append(u.Objects, object)
			sort.Strings(u.Objects)
		}
		if !slices.Contains(u.PIDs, pid) {
			u.PIDs = append(u.PIDs, pid)
		}
	}
	writers := map[string][]int{}
	for _, f := range facts {
		if f.Call == "write-file" && f.Errno == 0 {
			writers[f.Object] = append(writers[f.Object], f.PID)
		}
	}
	for _, f := range facts {
		if f.Errno != 0 && !attempts[f.Call] {
			continue
		}
		switch f.Call {
		case "", "write-file":
		case "read-file":
			for _, pid := range writers[f.Object] {
				if pid != f.PID {
					add("file", f.Object, pid)
					add("file", f.Object, f.PID)
				}
			}
		default:
			add(f.Call, f.Object, f.PID)
		}
	}
	return uses
}

// answers lists, for each name that an assignment may use, the facts that
// answer to it.
var answers = map[string][]string{
	"shm_open": nil, "shm_unlink": nil, "mmap": nil, "ftruncate": nil, "memfd_create": nil,
	"sem_open": nil, "sem_unlink": nil,
	"shmget": nil, "shmat": nil, "shmdt": nil, "shmctl": nil,
	"semget": nil, "semop": nil, "semctl": nil, "semtimedop": {"semop"},
	"msgget": nil, "msgsnd": nil, "msgrcv": nil, "msgctl": nil,
	"mq_open": nil, "mq_unlink": nil, "mq_notify": nil, "mq_send": nil, "mq_receive": nil,
	"mq_timedsend": {"mq_send"}, "mq_timedreceive": {"mq_receive"},
	"pipe": nil, "pipe2": {"pipe"}, "popen": {"pipe"}, "mkfifo": nil, "fifo": {"fifo", "mkfifo"},
	"socket": nil, "socketpair": nil, "bind": nil, "listen": nil, "accept": nil, "connect": nil,
	"eventfd": nil, "futex": nil, "file": nil, "flock": nil, "fcntl lock": nil, "lockf": {"fcntl lock"},
	"process_vm_readv": nil, "process_vm_writev": nil,
	"fork": {"fork", "vfork", "clone"}, "vfork": nil, "clone": {"clone", "fork", "pthread_create"}, "pthread_create": nil,
	"exec": nil, "execl": {"exec"}, "execlp": {"exec"}, "execv": {"exec"}, "execve": {"exec"}, "execvp": {"exec"},
	"signal": nil, "sigaction": {"signal"}, "kill": {"kill", "sigqueue"}, "sigqueue": nil,
	"sched_yield": nil, "sleep": nil, "usleep": {"sleep"}, "nanosleep": {"sleep"},
}

// Known reports whether a trace can show that a mechanism was used.
func Known(name string) bool {
	_, ok := answers[name]
	return ok
}

// Names lists the mechanisms that a trace can show, sorted.
func Names() []string {
	names := make([]string, 0, len(answers))
	for name := range answers {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Find gives the use that answers to a name, or nil.
func Find(uses []Use, name string) *Use {
	wanted := answers[name]
	if wanted == nil {
		wanted = []string{name}
	}
	for _, w := range wanted {
		for i := range uses {
			if uses[i].Name == w {
				return &uses[i]
			}
		}
	}
	return nil
}

// Files lists where the POSIX objects lie that were created or opened: paths
// under /dev/shm, and under /dev/mqueue where that is mounted.
func Files(uses []Use) []string {
	var files []string
	for call, dir := range map[string]string{"shm_open": "/dev/shm", "sem_open": "/dev/shm", "mq_open": "/dev/mqueue"} {
		u := Find(uses, call)
		if u == nil {
			continue
		}
		for _, object := range u.Objects {
			name := strings.TrimPrefix(object, "/")
			if call == "sem_open" {
				name = "sem." + name
			}
			if name != "" && !strings.Contains(name, "/") {
				files = append(files, dir+"/"+name)
			}
		}
	}
	sort.Strings(files)
	return files
}
