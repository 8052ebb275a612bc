package region

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

func unlink(w *check.World) {
	a, b := shared(w, page)
	write(w, a, 0, []byte("before"))
	w.Step("the name is unlinked while both are attached")
	w.Must(a.Process().UnlinkRegion(a.Name), "unlinking")
	holds(w, b, 0, []byte("before"), "what was written before the unlink")
	write(w, b, 100, []byte("after"))
	holds(w, a, 100, []byte("after"), "what was written after the unlink")
	_, err := w.Process("latecomer").OpenRegion(a.Name)
	w.Refused(err, []subject.Kind{subject.NotFound}, "opening the unlinked name")
}

func reuse(w *check.World) {
	a, b := shared(w, page)
	write(w, a, 0, []byte("old"))
	w.Must(a.Process().UnlinkRegion(a.Name), "unlinking")
	w.Step("the name is created again while the old region is still in use")
	c, err := w.Process("second creator").CreateRegion(a.Name, page)
	w.Must(err, "creating the name again")
	holds(w, c, 0, make([]byte, 16), "the new region")
	write(w, c, 0, []byte("new"))
	holds(w, b, 0, []byte("old"), "the old region")
	write(w, b, 8, []byte("old"))
	holds(w, c, 8, make([]byte, 3), "the new region after a write to the old one")
	d, err := w.Process("second opener").OpenRegion(a.Name)
	w.Must(err, "opening the name")
	holds(w, d, 0, []byte("new"), "the region that the name opens now")
	for _, r := range []*check.Region{a, b} {
		e, err := r.Process().OpenRegion(a.Name)
		w.Must(err, "opening the name by %s, which has the old region still mapped", r.Process().Name())
		holds(w, e, 0, []byte("new"), "the region that the name opens now, in a process that has the old one mapped")
		holds(w, r, 0, []byte("old"), "the old region, beside the new one")
	}
}

func outlive(w *check.World) {
	size := upTo(w, 2*page)
	at := size/2 - 32 // of two pages across the edge
	for _, end := range []string{"detach", "exit", "SIGKILL"} {
		creator, user := w.Process("creator ("+end+")"), w.Process("user ("+end+")")
		a, err := creator.CreateRegion(w.ObjectName(end), size)
		w.Must(err, "creating the region")
		b, err := user.OpenRegion(a.Name)
		w.Must(err, "opening it")
		c, err := w.Process("second user (" + end + ")").OpenRegion(a.Name)
		w.Must(err, "opening it")
		data := check.Item(w.Rand.Uint64(), 1, 64)
		write(w, a, at, data)
		went := "ended by " + end
		switch end {
		case "detach":
			went = "detached"
			w.Must(a.Detach(), "detaching by the creator")
		case "exit":
			creator.Exit()
		default:
			creator.Kill()
		}
		holds(w, b, at, data, "what the creator wrote before it "+went)
		write(w, b, 0, []byte("still writable"))
		holds(w, c, 0, []byte("still writable"), "the region after its creator "+went)
		w.Step("a process that comes later asks for a region of that name")
		late := w.Process("latecomer (" + end + ")")
		if d, err := late.CreateRegion(a.Name, size); err == nil { // the name may have gone with the creator
			write(w, d, at, []byte("another region"))
		}
		for _, r := range []*check.Region{b, c} {
			holds(w, r, at, data, "what the creator wrote, after another process asked for a region of that name")
		}
		if err := user.UnlinkRegion(a.Name); err != nil && subject.KindOf(err) != subject.NotFound {
			w.Must(err, "unlinking by the process that is left")
		}
	}
}

func independent(w *check.World) {
	bystander := w.Process("bystander")
	before := bystander.SharedMappings()
	a, b := shared(w, page)
	write(w, a, 0, []byte("private matter"))
	w.Step("a process that opened nothing is looked at")
	theirs := objects(b.Process().SharedMappings())
	for object, m := range objects(newMappings(bystander, before)) {
		if _, ok := theirs[object]; ok {
			w.Fail("the bystander opened nothing, yet has %s mapped", m.Path)
		}
	}
	w.Step("the two others end; the bystander is not affected")
	a.Process().Kill()
	w.Must(b.Process().UnlinkRegion(a.Name), "unlinking")
	b.Process().Kill()
	own, err := bystander.CreateRegion(w.ObjectName("own"), page)
	w.Must(err, "the bystander creating a region of its own")
	write(w, own, 0, []byte("alive"))
	holds(w, own, 0, []byte("alive"), "the bystander's own region")
}

func visitor(w *check.World) {
	owner := w.Process("owner")
	a, err := owner.CreateRegion(w.ObjectName("r"), page)
	w.Must(err, "creating the region")
	data := check.Item(w.Rand.Uint64(), 1, 64)
	write(w, a, 0, data)
	for _, end := range []string{"exit", "SIGKILL"} {
		visitor := w.Process("visitor (" + end + ")")
		v, err := visitor.OpenRegion(a.Name)
		w.Must(err, "opening it by a visitor")
		holds(w, v, 0, data, "the region")
		if end == "exit" {
			visitor.Exit()
		} else {
			visitor.Kill()
		}
		holds(w, a, 0, data, "the owner's region after the visitor ended by "+end)
		next, err := w.Process("next after " + end).OpenRegion(a.Name)
		w.Must(err, "opening it after a visitor ended by %s", end)
		holds(w, next, 0, data, "the region after a visitor ended by "+end)
	}
}

func noLeak(w *check.World) {
	p, q := w.Process("creator"), w.Process("opener")
	name := w.ObjectName("cycle")
	cycle := func() {
		a, err := p.CreateRegion(name, page)
		w.Must(err, "creating the region")
		b, err := q.OpenRegion(name)
		w.Must(err, "opening it")
		w.Must(b.Detach(), "detaching the opener")
		w.Must(a.Detach(), "detaching the creator")
		w.Must(p.UnlinkRegion(name), "unlinking")
	}
	w.Step("warm up: 20 lives of a region")
	for range 20 {
		cycle()
	}
	before := []check.Footprint{p.Footprint(), q.Footprint()}
	w.Step("1000 lives of a region")
	for range 1000 {
		cycle()
	}
	for i, user := range []*check.Process{p, q} {
		now := user.Footprint()
		if now.Descriptors > before[i].Descriptors+2 {
			w.Fail("%s had %d descriptors open before 1000 cycles and %d after", user.Name(), before[i].Descriptors, now.Descriptors)
		}
		if now.Mappings > before[i].Mappings+2 {
			w.Fail("%s had %d shared mappings before 1000 cycles and %d after", user.Name(), before[i].Mappings, now.Mappings)
		}
	}
}

func stale(w *check.World) {
	a, b := shared(w, page)
	const seed = 1
	w.Must(a.Fill(0, page, seed), "filling the region")
	a.Process().Kill()
	b.Process().Kill()
	w.Step("all processes were killed; a new run starts")
	zeros := protocol.Hash(make([]byte, page))
	p := w.Process("next run")
	c, err := p.CreateRegion(a.Name, page)
	if err != nil {
		w.Refused(err, []subject.Kind{subject.Exists}, "creating the name that the dead left")
		w.Step("it says what is left; that can be opened, whole, or at least removed")
		if old, err := p.OpenRegion(a.Name); err == nil {
			left := make([]byte, page)
			protocol.Payload(left, seed)
			if hash, err := old.Digest(0, page); err != nil || hash != protocol.Hash(left) && hash != zeros {
				w.Must(err, "reading what the dead left")
				w.Fail("what is left can be opened, and is neither what the dead had written nor all zeros")
			}
			w.Must(old.Detach(), "detaching from it")
		} else {
			w.Refused(err, []subject.Kind{subject.OwnerDead, subject.PeerDead}, "opening what is left")
		}
		w.Must(p.UnlinkRegion(a.Name), "removing what is left")
		c, err = p.CreateRegion(a.Name, page)
		w.Must(err, "creating it after that")
	}
	if hash, err := c.Digest(0, page); err != nil || hash != zeros {
		w.Must(err, "reading the new run's region")
		w.Fail("the new run's region does not read as %d zero bytes", page)
	}
}
