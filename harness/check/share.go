package check

// Shared is one process's way to an object that has a name.
type Shared interface {
	Process() *Process
	Detach() error
	Unlink() error
}

// Crew starts processes of these names.
func (w *World) Crew(names ...string) []*Process {
	processes := make([]*Process, len(names))
	for i, n := range names {
		processes[i] = w.Process(n)
	}
	return processes
}

// Share gives processes handles on one object: the first creates it, the others
// open it.
func Share[H any](w *World, name string, processes []*Process, create, open func(p *Process, name string) (H, error)) []H {
	handles := make([]H, len(processes))
	attach, what := create, "creating"
	for i, p := range processes {
		var err error
		handles[i], err = attach(p, name)
		w.Must(err, "%s %s by %s", what, name, p.Name())
		attach, what = open, "opening"
	}
	return handles
}

// GiveBack detaches the processes that are still there from an object, and has
// the first of them unlink it.
func GiveBack[H Shared](w *World, handles []H) {
	unlinked := false
	for _, h := range handles {
		if h.Process().Gone() {
			continue
		}
		w.Must(h.Detach(), "detaching from the object by %s", h.Process().Name())
		if !unlinked {
			w.Must(h.Unlink(), "unlinking the object by %s", h.Process().Name())
			unlinked = true
		}
	}
}
