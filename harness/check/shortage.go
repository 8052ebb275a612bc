package check

import "fmt"

// InShortage carries out f while there is no room left in /dev/shm. Where the world
// has none of its own, the requirement is skipped: the host's is not the kit's to fill.
func (w *World) InShortage(f func()) {
	if err := w.FillShm(w.ctx); err != nil {
		w.Skip("/dev/shm cannot be filled for this: %v", err)
	}
	w.Step("there is no room left in /dev/shm")
	f()
	if err := w.EmptyShm(w.ctx); err != nil {
		panic(kitError{fmt.Errorf("give back the room in /dev/shm: %w", err)})
	}
	w.Step("there is room in /dev/shm again")
}
