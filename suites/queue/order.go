package queue

import (
	"bytes"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// FIFO: items come out in the order in which they went in, at every fill.
func FIFO(w *check.World) {
	p := newPair(w, 8, 16)
	next := 0
	for _, n := range []int64{1, p.usable, max(p.usable/2, 1), p.usable} {
		n := int(min(n, 64))
		w.Step("%s in, then out", countItems(n))
		p.put(next, next+n)
		p.get(next, next+n)
		next += n
	}
	w.Step("the queue is kept half full while items pass")
	half := int(max(min(p.usable, 16)/2, 1))
	p.put(next, next+half)
	for range 20 {
		p.get(next, next+1)
		p.put(next+half, next+half+1)
		next++
	}
	p.get(next, next+half)
}

// Content: whatever bytes go in come out, at every size.
func Content(w *check.World) {
	f := w.Queues()
	p := newPair(w, 8, f.Max)
	for _, size := range sizes(f, 1<<16) {
		w.Step("items of %d bytes: all zeros, all ones, any", size)
		items := [][]byte{make([]byte, size), bytes.Repeat([]byte{0xff}, int(size)), check.Item(p.seed, int(size), size)}
		for _, item := range items {
			w.Must(p.producer.Put(item, subject.Forever), "putting %s", check.Show(item))
			got, err := p.consumer.Get(subject.Forever)
			w.Must(err, "getting it")
			if !bytes.Equal(got, item) {
				w.Fail("%s went in and %s came out", check.Show(item), check.Show(got))
			}
		}
	}
	if f.Max > 1<<16 {
		w.Step("an item of the largest size, %d bytes", f.Max)
		put := p.producer.PutGenerated(f.Max, p.seed, subject.Forever)
		size, hash, err := p.consumer.GetDigest(subject.Forever)
		w.Must(err, "getting it")
		_, err = put.Return()
		w.Must(err, "putting it")
		want := make([]byte, f.Max)
		protocol.Payload(want, p.seed)
		if size != f.Max || hash != protocol.Hash(want) {
			w.Fail("%d bytes with hash %s went in; %d bytes with hash %s came out", f.Max, protocol.Hash(want), size, hash)
		}
	}
	w.Step("odd sizes pass three times round the queue")
	odd := p.facts.Size(13)
	for i := range int(3*min(p.usable, 64) + 1) {
		item := check.Item(p.seed+1, i, p.facts.Size(odd+int64(i%3)))
		w.Must(p.producer.Put(item, subject.Forever), "putting %s", check.Show(item))
		got, err := p.consumer.Get(subject.Forever)
		w.Must(err, "getting it")
		if !bytes.Equal(got, item) {
			w.Fail("after %d items %s went in and %s came out", i, check.Show(item), check.Show(got))
		}
	}
}

// sizes are the edges among the sizes claimed, up to a limit.
func sizes(f check.QueueFacts, limit int64) []int64 {
	var list []int64
	for _, s := range []int64{f.Min, f.Min + 1, 7, 8, 9, 63, 64, 65, 4095, 4096, 4097, f.Max - 1, f.Max} {
		if s >= f.Min && s <= f.Max && s <= limit && (len(list) == 0 || s > list[len(list)-1]) {
			list = append(list, s)
		}
	}
	return list
}

// Boundary: each get brings one item, whole, neither joined nor split.
func Boundary(w *check.World) {
	p := newPair(w, 8, 64)
	n := int(max(min(p.usable, 8), 1))
	length := func(i int) int64 {
		return p.facts.Size(min([]int64{3, 1, 64, 2, 17, 8, 5, 33}[i%8], p.size))
	}
	w.Step("%d items of different lengths are inside at once", n)
	for i := range n {
		w.Must(p.producer.Put(check.Item(p.seed, i, length(i)), subject.Forever), "putting item %d of %d bytes", i, length(i))
	}
	w.Step("each comes out alone")
	for i := range n {
		got, err := p.consumer.Get(subject.Forever)
		w.Must(err, "getting item %d", i)
		if int64(len(got)) != length(i) {
			w.Fail("item %d went in with %d bytes and came out with %d", i, length(i), len(got))
		}
		if want := check.Item(p.seed, i, length(i)); !bytes.Equal(got, want) {
			w.Fail("item %d went in as %s and came out as %s", i, check.Show(want), check.Show(got))
		}
	}
	p.empty()
}

// Wrap: items stay whole and in order many times round the ring.
func Wrap(w *check.World) {
	p := newBriefPair(w, 5, 32)
	rounds := min(max(200_000/p.usable, 3), 200)
	b := check.Bulk{Count: rounds*p.usable + 3, SizeMin: p.facts.Size(1), SizeMax: p.size, Seed: p.seed}
	w.Step("%d items pass through %d places", b.Count, p.usable)
	p.transfer(b)
	p.empty()
	if p.facts.Counted && p.usable <= 64 {
		p.wrapFull()
	}
	plan(w, odd, 16).beside(p).growOld()
}

// wrapFull fills the queue from each position on.
func (p *pair) wrapFull() {
	p.w.Step("it is filled and emptied from each position on")
	for i := range int(2*p.usable) + 1 {
		n := p.full(i)
		if int64(n) != p.usable {
			p.w.Fail("from another position on, %s fit where %s", countItems(n), claimed(p.usable))
		}
		p.get(i, i+n)
		p.empty()
		p.put(i, i+1)
		p.get(i, i+1)
	}
}

// transfer moves a workload through the queue with both sides running at once.
func (p *pair) transfer(b check.Bulk) {
	get := p.consumer.BeginGetAll(b)
	put := p.producer.BeginPutAll(b)
	get.AllRight(b)
	put.AllRight(b)
}
