// Package region holds what checks shared regions (family REG): specs, loads and
// explored scenarios.
package region

import (
	"bytes"
	"slices"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
)

// Specs registers the REG family.
func Specs(s *check.Suite) {
	s.It("REG-MAPPED", mapped)
	s.It("REG-VISIBLE", visible)
	s.It("REG-BOTHWAYS", bothWays)
	s.It("REG-ZEROED", zeroed)
	s.It("REG-SIZE", sized)
	s.It("REG-BADSIZE", badSize)
	s.It("REG-EXISTS", exists)
	s.It("REG-MISSING", missing)
	s.It("REG-NORESIZE", noResize)
	s.It("REG-UNLINK", unlink)
	s.It("REG-REUSE", reuse)
	s.It("REG-OUTLIVE", outlive)
	s.It("REG-NOALIAS", noAlias)
	s.It("REG-INDEPENDENT", independent)
	s.It("REG-NAMES", oddNames)
	s.It("REG-VISITOR", visitor)
	s.It("REG-NOLEAK", noLeak, check.Leftovers())
	s.It("REG-NOSYSCALL", noSyscall)
	s.It("REG-EARLYOPEN", life.EarlyOpen(named))
	s.It("REG-TWOHANDLES", life.TwoHandles(named))
	s.It("REG-STAMPEDE", stampede)
	s.It("REG-BOUNDS", bounds)
	s.It("REG-READONLY", readOnly)
	s.It("REG-PRIVATE", private)
	s.It("REG-STALE", stale)
	s.It("REG-SHORTAGE", shortage, check.Kind(catalogue.Fault))
}

const page = 4096

// upTo is a size, or the largest that is claimed where that is less: at least a page.
func upTo(w *check.World, size int64) int64 {
	return min(size, max(int64(w.Claims().Profiles.Region.Maximum), page))
}

// shared makes a region in one process and opens it in a second.
func shared(w *check.World, size int64) (a, b *check.Region) {
	var err error
	a, err = w.Process("creator").CreateRegion(w.ObjectName("r"), size)
	w.Must(err, "creating a region of %d bytes", size)
	b, err = w.Process("opener").OpenRegion(a.Name)
	w.Must(err, "opening the region in a second process")
	return a, b
}

func write(w *check.World, r *check.Region, offset int64, data []byte) {
	w.Must(r.Write(offset, data), "writing %d bytes at offset %d by %s", len(data), offset, r.Process().Name())
}

// holds expects that a process reads just these bytes.
func holds(w *check.World, r *check.Region, offset int64, want []byte, what string) {
	got, err := r.Read(offset, int64(len(want)))
	w.Must(err, "reading %d bytes at offset %d by %s", len(want), offset, r.Process().Name())
	if !bytes.Equal(got, want) {
		w.Fail("%s: at offset %d %s reads %s; it must be %s", what, offset, r.Process().Name(), check.Show(got), check.Show(want))
	}
}

// newMappings are the shared mappings that a process has now and did not have
// before.
func newMappings(p *check.Process, before []check.Mapping) []check.Mapping {
	return slices.DeleteFunc(p.SharedMappings(), func(x check.Mapping) bool { return slices.Contains(before, x) })
}

// objects are the shared objects that are mapped there, each with all its bytes
// that are mapped.
func objects(mappings []check.Mapping) map[string]check.Mapping {
	m := map[string]check.Mapping{}
	for _, x := range mappings {
		x.Bytes += m[x.Object].Bytes
		m[x.Object] = x
	}
	return m
}

func mapped(w *check.World) {
	size := upTo(w, 8*page) // more than a page or two in which both may keep account of the region
	p, q := w.Process("creator"), w.Process("opener")
	beforeP, beforeQ := p.SharedMappings(), q.SharedMappings()
	a, err := p.CreateRegion(w.ObjectName("r"), size)
	w.Must(err, "creating a region")
	b, err := q.OpenRegion(a.Name)
	w.Must(err, "opening it in a second process")
	write(w, a, 0, []byte("mapped"))
	holds(w, b, 0, []byte("mapped"), "what the creator wrote")
	w.Must(a.Fill(0, size, 1), "filling the region")
	_, err = b.Digest(0, size)
	w.Must(err, "reading the region whole")
	w.Step("the mappings of both processes are read from /proc")
	mine, theirs := objects(newMappings(p, beforeP)), objects(newMappings(q, beforeQ))
	var both int64
	for object, m := range mine {
		if x, ok := theirs[object]; ok {
			both += min(m.Bytes, x.Bytes)
			w.RuledOut("both have mapped %d bytes of %s", min(m.Bytes, x.Bytes), m.Path)
		}
	}
	switch {
	case both == 0:
		w.Fail("the two processes have no shared mapping of one object: the creator has %d new ones, the opener %d. Data that go through a file or a pipe are not shared memory", len(mine), len(theirs))
	case both < size:
		w.Fail("the two processes have %d bytes of shared mappings in common, and the region has %d: the rest goes through a file or a pipe, which is not shared memory", both, size)
	}
}

func visible(w *check.World) {
	size := upTo(w, 3*page+8)
	a, b := shared(w, size)
	offsets := []int64{0, 1, 63, 64, page - 8, page - 4, page - 1, page, 2*page - 3, 3*page - 8, 3 * page, size - 8, size - 1}
	for i, offset := range offsets {
		if offset >= size {
			continue
		}
		data := check.Item(w.Rand.Uint64(), i, min(8, size-offset))
		write(w, a, offset, data)
		holds(w, b, offset, data, "what the creator wrote")
	}
	w.Step("the whole region is filled")
	seed := w.Rand.Uint64()
	w.Must(a.Fill(0, size, seed), "filling the region")
	want := make([]byte, size)
	protocol.Payload(want, seed)
	hash, err := b.Digest(0, size)
	w.Must(err, "reading the region whole")
	if hash != protocol.Hash(want) {
		w.Fail("the opener reads other bytes than the creator wrote, somewhere in %d bytes", size)
	}
}

func bothWays(w *check.World) {
	a, b := shared(w, page)
	regions := []*check.Region{a, b}
	for _, name := range []string{"third", "fourth"} {
		r, err := w.Process(name).OpenRegion(a.Name)
		w.Must(err, "opening the region in the %s process", name)
		regions = append(regions, r)
	}
	for i, writer := range regions {
		w.Step("%s writes, all processes read", writer.Process().Name())
		data := check.Item(w.Rand.Uint64(), i, 16)
		write(w, writer, int64(16*i), data)
		for _, reader := range regions {
			holds(w, reader, int64(16*i), data, "what "+writer.Process().Name()+" wrote")
		}
	}
}

func zeroed(w *check.World) {
	size := upTo(w, 5*page)
	p := w.Process("creator")
	zeros := protocol.Hash(make([]byte, size))
	for life := range 3 {
		r, err := p.CreateRegion(w.ObjectName("r"), size)
		w.Must(err, "creating the region for the %dth time", life+1)
		if hash, err := r.Digest(0, size); err != nil || hash != zeros {
			w.Must(err, "reading the fresh region")
			w.Fail("the fresh region does not read as %d zero bytes (life %d)", size, life+1)
		}
		w.Step("it is filled and removed")
		w.Must(r.Fill(0, size, 7), "filling the region")
		w.Must(r.Detach(), "detaching")
		w.Must(p.UnlinkRegion(r.Name), "unlinking")
	}
}

func sized(w *check.World) {
	p, q := w.Process("creator"), w.Process("opener")
	maximum := int64(w.Claims().Profiles.Region.Maximum)
	for _, size := range []int64{1, 7, page - 1, page, page + 1, 1<<20 + 3, maximum} {
		if size > maximum {
			continue
		}
		w.Step("a region of %d bytes", size)
		a, err := p.CreateRegion(w.ObjectName("r"), size)
		w.Must(err, "creating a region of %d bytes", size)
		b, err := q.OpenRegion(a.Name)
		w.Must(err, "opening it")
		mine, err := a.Size()
		w.Must(err, "asking the creator for the size")
		theirs, err := b.Size()
		w.Must(err, "asking the opener for the size")
		if mine < size {
			w.Fail("%d bytes were asked for and the region has %d", size, mine)
		}
		if theirs != mine {
			w.Fail("the creator sees %d bytes and the opener %d", mine, theirs)
		}
		write(w, a, size-1, []byte{0x5a})
		holds(w, b, size-1, []byte{0x5a}, "the last byte")
		w.Must(b.Detach(), "detaching the opener")
		w.Must(a.Detach(), "detaching the creator")
		w.Must(p.UnlinkRegion(a.Name), "unlinking")
	}
}

func badSize(w *check.World) {
	p, q := w.Process("creator"), w.Process("opener")
	name := w.ObjectName("bad")
	for _, size := range []int64{0, -1, -page, 1<<62 + 1, 1<<63 - 1} {
		w.Step("a region of %d bytes is asked for", size)
		if _, err := p.CreateRegion(name, size); err == nil {
			w.Fail("a region of %d bytes was created", size)
		}
		_, err := q.OpenRegion(name)
		w.Refused(err, []subject.Kind{subject.NotFound}, "opening the region whose creation was refused (its name must not stay behind)")
	}
	w.Step("an ordinary one can be made under the same name")
	_, err := p.CreateRegion(name, page)
	w.Must(err, "creating it")
}

func exists(w *check.World) {
	a, b := shared(w, page)
	data := check.Item(w.Rand.Uint64(), 0, 64)
	write(w, a, 0, data)
	w.Step("the existing name is created again, by both processes, smaller and larger")
	for _, p := range []*check.Process{a.Process(), b.Process()} {
		for _, size := range []int64{page, 1, upTo(w, 4*page)} {
			_, err := p.CreateRegion(a.Name, size)
			w.Refused(err, []subject.Kind{subject.Exists}, "creating a name that exists")
		}
	}
	holds(w, a, 0, data, "the content from before")
	holds(w, b, 0, data, "the content from before")
	again, err := w.Process("latecomer").OpenRegion(a.Name)
	w.Must(err, "opening the region after that")
	holds(w, again, 0, data, "the content from before")
}

func missing(w *check.World) {
	p := w.Process("opener")
	name := w.ObjectName("missing")
	_, err := p.OpenRegion(name)
	w.Refused(err, []subject.Kind{subject.NotFound}, "opening a name that no process created")
	w.Step("opening must not have created it")
	_, err = p.OpenRegion(name)
	w.Refused(err, []subject.Kind{subject.NotFound}, "opening it a second time")
	w.Refused(p.UnlinkRegion(name), []subject.Kind{subject.NotFound}, "unlinking a name that no process created")
}

func noResize(w *check.World) {
	size := upTo(w, 3*page)
	p := w.Process("creator")
	a, err := p.CreateRegion(w.ObjectName("r"), size)
	w.Must(err, "creating a region of %d bytes", size)
	w.Must(a.Fill(0, size, w.Rand.Uint64()), "filling the region")
	content, err := a.Digest(0, size)
	w.Must(err, "reading the region whole")
	before, err := a.Size()
	w.Must(err, "asking for the size")
	for _, name := range []string{"opener", "second opener"} {
		b, err := w.Process(name).OpenRegion(a.Name)
		w.Must(err, "opening it")
		now, err := b.Size()
		w.Must(err, "asking for the size")
		if now != before {
			w.Fail("the region had %d bytes before it was opened and has %d after", before, now)
		}
		for _, r := range []*check.Region{a, b} {
			hash, err := r.Digest(0, size)
			w.Must(err, "reading the region whole by %s", r.Process().Name())
			if hash != content {
				w.Fail("%s does not read what the region held before another process opened it", r.Process().Name())
			}
		}
	}
}

func noAlias(w *check.World) {
	p, q := w.Process("first"), w.Process("second")
	names := []string{w.ObjectName("a"), w.ObjectName("b"), w.ObjectName("ab"), w.ObjectName("a") + "a", w.ObjectName("A")}
	var mine, theirs []*check.Region
	for _, n := range names {
		a, err := p.CreateRegion(n, page)
		w.Must(err, "creating %s", n)
		b, err := q.OpenRegion(n)
		w.Must(err, "opening %s", n)
		mine, theirs = append(mine, a), append(theirs, b)
	}
	content := func(i int) []byte { return bytes.Repeat([]byte{byte(i + 1)}, page) }
	for i, r := range mine {
		write(w, r, 0, content(i))
	}
	for i, r := range theirs {
		holds(w, r, 0, content(i), "the region "+r.Name)
	}
}
