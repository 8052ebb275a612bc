package sharedmemory

import "github.com/ipckit/ipckit/harness/check"

// crew starts processes of these names.
func crew(w *check.World, names []string) []*check.Process {
	processes := make([]*check.Process, len(names))
	for i, n := range names {
		processes[i] = w.Process(n)
	}
	return processes
}

// handlesOn gives handles on one object to all of them: the first creates it, the
// others open it.
func handlesOn[H any](w *check.World, base string, processes []*check.Process, create, open func(*check.Process, string) (H, error)) []H {
	handles := make([]H, len(processes))
	name := w.ObjectName(base)
	var err error
	for i, p := range processes {
		if i == 0 {
			handles[i], err = create(p, name)
			w.Must(err, "creating %s by %s", name, p.Name())
		} else {
			handles[i], err = open(p, name)
			w.Must(err, "opening %s by %s", name, p.Name())
		}
	}
	return handles
}
