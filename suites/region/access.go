package region

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

func bounds(w *check.World) {
	a, b := shared(w, page)
	size, err := a.Size()
	w.Must(err, "asking for the size")
	mark := []byte{0xaa, 0xbb, 0xcc, 0xdd}
	write(w, a, size-4, mark)
	for _, x := range []struct{ offset, n int64 }{
		{size, 1}, {size - 3, 4}, {size + page, 8}, {-1, 1}, {-8, 16}, {1<<63 - 1, 8}, {1 << 62, 1},
		{max(size+1-2*page, 0), min(size+1, 2*page)}, // from the start, where the region was not made larger than was asked
	} {
		w.Step("%d bytes at offset %d of a region of %d bytes", x.n, x.offset, size)
		w.Refused(a.Write(x.offset, make([]byte, x.n)), []subject.Kind{subject.Invalid, subject.TooLarge}, "writing past the end")
		_, err := b.Read(x.offset, x.n)
		w.Refused(err, []subject.Kind{subject.Invalid, subject.TooLarge}, "reading past the end")
	}
	holds(w, b, size-4, mark, "the last bytes after refused writes")
}

func readOnly(w *check.World) {
	size := upTo(w, 4*page)
	a, _ := shared(w, size)
	write(w, a, 0, []byte("read me"))
	reader := w.Process("reader")
	before := reader.SharedMappings()
	r, err := reader.OpenRegionReadOnly(a.Name)
	w.Must(err, "opening the region for reading")
	holds(w, r, 0, []byte("read me"), "the region, read-only")
	w.Refused(r.Write(0, []byte("scribble")), []subject.Kind{subject.Permission, subject.Invalid}, "writing through a read-only handle")
	holds(w, a, 0, []byte("read me"), "the region after the refused write")
	// A page beside the region, in which readers are counted or wait, is no way to write it.
	for _, m := range newMappings(reader, before) {
		if m.Write && m.Bytes >= size {
			w.Fail("the read-only opener has %s mapped for writing", m.Path)
		}
	}
	write(w, a, 0, []byte("changed"))
	holds(w, r, 0, []byte("changed"), "later writes, seen through the read-only handle")
}

func private(w *check.World) {
	if ok, reason := w.CanChangeUser(); !ok {
		w.Skip("no process can be started under another user id here: %s", reason)
	}
	a, _ := shared(w, page)
	write(w, a, 0, []byte("secret"))
	stranger := w.ProcessAs("stranger", 65533)
	w.Step("a process of another user tries")
	for _, open := range []func(string) (*check.Region, error){stranger.OpenRegionReadOnly, stranger.OpenRegion} {
		_, err := open(a.Name)
		w.Refused(err, []subject.Kind{subject.Permission, subject.NotFound}, "opening another user's region")
	}
	if err := stranger.UnlinkRegion(a.Name); err == nil {
		w.Fail("another user unlinked the region")
	}
	holds(w, a, 0, []byte("secret"), "the region after another user tried")
}
