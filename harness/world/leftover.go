package world

// Kinds of leftovers.
const (
	SharedMemory     = "shared memory"
	Semaphore        = "semaphore"
	Queue            = "queue"
	SystemVMemory    = "System V shared memory"
	SystemVSemaphore = "System V semaphore"
	SystemVQueue     = "System V queue"
	LiveProcess      = "process"
	File             = "file"
	Socket           = "socket"
)

// kinds are all of them.
var kinds = []string{SharedMemory, Semaphore, Queue, SystemVMemory, SystemVSemaphore, SystemVQueue, LiveProcess, File, Socket}

// A Leftover is something that processes of a world created and did not remove.
type Leftover struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`   // "/name" of a POSIX object, key and id of a System V one, path in the world's directory or from /, id of a process
	Detail string `json:"detail"` // size, owner, creator, what is in it
	Remedy string `json:"remedy"` // the call that removes it
}

func (l Leftover) String() string {
	text := l.Kind + " " + l.Name
	if l.Detail != "" {
		text += " (" + l.Detail + ")"
	}
	if l.Remedy != "" {
		text += ": " + l.Remedy
	}
	return text
}

// An Unseen is a kind of leftover that could not be looked at, so that a world
// without leftovers of this kind proves nothing.
type Unseen struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

func (u Unseen) String() string { return u.Kind + ": " + u.Reason }

// whose says to whom an object belongs that appeared while the world ran.
type whose int

const (
	ours     whose = iota
	foreign        // another program's
	doubtful       // nobody can tell
)

// rebase excuses what is there now.
func (h *holder) rebase() {
	h.scan.Lock()
	defer h.scan.Unlock()
	objects, _ := h.objects()
	for _, o := range append(objects, h.liveObjects()...) {
		h.excused[o.key()] = true
	}
}

// leftovers compares what is there with what was there before.
func (h *holder) leftovers() (found []Leftover, unseen []Unseen) {
	h.scan.Lock()
	defer h.scan.Unlock()
	objects, unseen := h.objects()
	for _, o := range append(objects, h.liveObjects()...) {
		if h.before[o.key()] || h.excused[o.key()] {
			continue
		}
		switch h.whose(o) {
		case ours:
			found = append(found, o.Leftover)
		case doubtful:
			unseen = append(unseen, Unseen{o.Kind, o.Name + " appeared while the world ran; without namespaces nobody can tell who made it"})
		}
	}
	return found, unseen
}

// remove removes what the world's processes created. It fails where the world
// gets no new view of the directories for temporary files.
func (h *holder) remove() error {
	h.scan.Lock()
	defer h.scan.Unlock()
	objects, _ := h.objects()
	for _, o := range objects {
		if !h.before[o.key()] && o.remove != nil && h.whose(o) == ours {
			o.remove()
		}
	}
	clear(h.excused)
	return h.tmp.renew()
}
