package holder

import "github.com/ipckit/ipckit/harness/world/message"

// An owner is what made an object that appeared while the world ran.
type owner int

const (
	ours     owner = iota // a process of the world
	foreign               // another program
	doubtful              // not known
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
func (h *holder) leftovers() (found []message.Leftover, unseen []message.Unseen) {
	h.scan.Lock()
	defer h.scan.Unlock()
	objects, unseen := h.objects()
	for _, o := range append(objects, h.liveObjects()...) {
		if h.before[o.key()] || h.excused[o.key()] {
			continue
		}
		switch h.owner(o) {
		case ours:
			found = append(found, o.Leftover)
		case doubtful:
			unseen = append(unseen, message.Unseen{Kind: o.Kind, Reason: o.Name + " appeared while the world ran; without namespaces it is not known what made it"})
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
		if !h.before[o.key()] && o.remove != nil && h.owner(o) == ours {
			o.remove()
		}
	}
	clear(h.excused)
	return h.tmp.renew()
}
