package region

import (
	"github.com/ipckit/ipckit/harness/check"
)

// noSyscall: accesses of every kind, at the edges of pages and across them.
func noSyscall(w *check.World) {
	size := upTo(w, 4*page)
	writer, reader := w.CountedProcess("writer"), w.CountedProcess("reader")
	a, err := writer.CreateRegion(w.ObjectName("r"), size)
	w.Must(err, "creating a region of %d bytes", size)
	b, err := reader.OpenRegion(a.Name)
	w.Must(err, "opening the region in a second process")
	offsets := []int64{0, 1, page - 1, page % size, (2*page - 4) % size, (3*page + 63) % size, size - 64}
	access := func(i int) (offset, n int64) {
		offset = offsets[i%len(offsets)]
		return offset, min(1+int64(w.Rand.IntN(200)), size-offset)
	}
	w.Step("both reach the region once: what is set up at the first use is not counted")
	for _, r := range []*check.Region{a, b} {
		w.Must(r.Fill(0, size, 1), "filling the region")
		_, err := r.Digest(0, size)
		w.Must(err, "reading the region whole")
	}
	const each = 500
	counted := 0
	for _, p := range []struct {
		*check.Counted
		region *check.Region
	}{{writer, a}, {reader, b}} {
		w.Step("%d writes by %s", each, p.Name())
		p.Count()
		for i := range each {
			offset, n := access(i)
			write(w, p.region, offset, check.Item(uint64(i), i, n))
		}
		counted += p.CalledNothing("writing")
		w.Step("%d reads by %s", each, p.Name())
		for i := range each {
			offset, n := access(i)
			_, err := p.region.Read(offset, n)
			w.Must(err, "reading %d bytes at offset %d", n, offset)
		}
		counted += p.CalledNothing("reading")
	}
	w.Note("no system call in %d reads and writes of two processes", counted)
}
