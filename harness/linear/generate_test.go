package linear

import (
	"math/rand/v2"

	"github.com/ipckit/ipckit/harness/history"
)

// A draft is a small history in the making: threads that each do a few
// operations.
type draft struct {
	r       *rand.Rand
	threads [][]history.Op
	expect  [][]uint64
	swaps   bool
}

// start is far enough from 0, which stands for what never happened.
const start = 1000

// interval is a random time, with many ties.
func (d *draft) interval(span int) (inv, ret int64) {
	inv = start + d.r.Int64N(int64(span))
	return inv, inv + d.r.Int64N(1+int64(span)/2)
}

// around is a time that holds the n-th instant.
func (d *draft) around(n, spread int) (inv, ret int64) {
	instant := int64(start + 4*n)
	return instant - d.r.Int64N(int64(4*spread)), instant + d.r.Int64N(int64(4*spread))
}

// add gives an operation a thread of its own.
func (d *draft) add(o history.Op) { d.addSwap(o, 0) }

func (d *draft) addSwap(o history.Op, expected uint64) {
	d.threads = append(d.threads, []history.Op{o})
	d.expect = append(d.expect, []uint64{expected})
	d.swaps = d.swaps || o.Kind == history.Swap
}

// disturb shortens and shifts some operations, so that what was right may be
// wrong.
func (d *draft) disturb() {
	for range d.r.IntN(3) {
		o := &d.threads[d.r.IntN(len(d.threads))][0]
		switch d.r.IntN(3) {
		case 0:
			o.Ret = o.Inv + (o.Ret-o.Inv)/2
		case 1:
			o.Inv += (o.Ret - o.Inv) / 2
		case 2:
			by := d.r.Int64N(17) - 8
			o.Inv += by
			o.Ret += by
		}
	}
}

// kill makes some threads end in the middle of their last operation.
func (d *draft) kill(share int) {
	for i := range d.threads {
		if d.r.IntN(share) != 0 || len(d.threads[i]) == 0 {
			continue
		}
		o := &d.threads[i][len(d.threads[i])-1]
		o.Ret = 0
		if o.Kind == history.Swap && o.Status == history.Failed {
			o.Kind = history.Read // its value is not one to be swapped in
		}
		o.Status = history.OK
		if o.Kind == history.Receive {
			o.Value = 0
		}
	}
}

func (d *draft) history() *history.History {
	h := new(history.History)
	for i, t := range d.threads {
		l := history.NewLog(uint32(i), t)
		if d.swaps {
			l.Expected = d.expect[i]
		}
		h.Logs = append(h.Logs, l)
	}
	return h
}

// steps are all operations of a history, for porcupine.
func steps(h *history.History) []Step {
	var all []Step
	for log, l := range h.Logs {
		for i := range l.Ops {
			all = append(all, stepOf(h, log, i, ""))
		}
	}
	return all
}

// queueDraft is a history of a queue: either of random times, or of a run of a
// real queue, disturbed.
func queueDraft(r *rand.Rand, priorities, capacity int, observed bool) *draft {
	d := &draft{r: r}
	if r.IntN(2) == 0 {
		span := 3 + r.IntN(20)
		for v := range uint64(1 + r.IntN(4)) {
			inv, ret := d.interval(span)
			d.add(history.Op{Kind: history.Send, Inv: inv, Ret: ret, Value: v, Aux: r.Uint32N(uint32(priorities))})
			if r.IntN(6) > 0 {
				from, to := d.interval(span)
				if r.IntN(3) > 0 {
					from, to = from+inv-start, to+inv-start
				}
				d.add(history.Op{Kind: history.Receive, Inv: from, Ret: to, Value: v})
			}
		}
		for range r.IntN(3) {
			inv, ret := d.interval(span)
			switch {
			case observed && capacity > 0 && r.IntN(2) == 0:
				d.add(history.Op{Kind: history.Send, Inv: inv, Ret: ret, Value: uint64(90 + len(d.threads)), Status: history.Full})
			case observed:
				d.add(history.Op{Kind: history.Receive, Inv: inv, Ret: ret, Status: history.Empty})
			}
		}
		return d
	}
	var items []item
	next, spread, n := uint64(0), 1+r.IntN(8), 4+r.IntN(5)
	for i := 0; i < n; i++ {
		inv, ret := d.around(i, spread)
		switch put := r.IntN(2) == 0; {
		case put && capacity > 0 && len(items) == capacity:
			if observed {
				d.add(history.Op{Kind: history.Send, Inv: inv, Ret: ret, Value: uint64(90 + len(d.threads)), Status: history.Full})
			}
		case put:
			x := item{next, r.Uint32N(uint32(priorities))}
			next++
			at := len(items)
			for at > 0 && items[at-1].priority < x.priority {
				at--
			}
			items = append(items[:at:at], append([]item{x}, items[at:]...)...)
			d.add(history.Op{Kind: history.Send, Inv: inv, Ret: ret, Value: x.value, Aux: x.priority})
		case len(items) > 0:
			d.add(history.Op{Kind: history.Receive, Inv: inv, Ret: ret, Value: items[0].value})
			items = items[1:]
		case observed:
			d.add(history.Op{Kind: history.Receive, Inv: inv, Ret: ret, Status: history.Empty})
		}
	}
	if len(d.threads) > 0 {
		d.disturb()
	}
	return d
}

// pairDraft is a history of a bounded buffer between two threads. Porcupine
// knows no program order, so a thread's operations never touch in time.
func pairDraft(r *rand.Rand, capacity int) *draft {
	d := &draft{r: r, threads: make([][]history.Op, 2)}
	var last [2]int64
	inside, next, taken := 0, uint64(0), uint64(0)
	for i := range 4 + r.IntN(6) {
		side := r.IntN(2)
		instant := int64(start + 6*i)
		inv := min(instant, max(instant-r.Int64N(20), last[side]+1))
		ret := instant + r.Int64N(5)
		last[side] = ret
		o := history.Op{Kind: history.Send, Inv: inv, Ret: ret, Value: next}
		switch {
		case side == 0 && inside < capacity:
			inside++
			next++
		case side == 0:
			o.Status = history.Full
		case inside > 0:
			o.Kind, o.Value = history.Receive, taken
			inside--
			taken++
		default:
			o.Kind, o.Value, o.Status = history.Receive, 0, history.Empty
		}
		d.threads[side] = append(d.threads[side], o)
	}
	for range r.IntN(3) { // delay one side from somewhere on, or hasten it up to there
		ops := d.threads[r.IntN(2)]
		if len(ops) == 0 {
			continue
		}
		cut, by := r.IntN(len(ops)), r.Int64N(12)
		if late := r.IntN(2) == 0; late {
			ops = ops[cut:]
		} else {
			ops, by = ops[:cut+1], -by
		}
		for i := range ops {
			ops[i].Inv += by
			ops[i].Ret += by
		}
	}
	return d
}

// registerDraft is a history of a word, with swaps or without.
func registerDraft(r *rand.Rand, swaps bool) *draft {
	d := &draft{r: r}
	written := uint64(0)
	add := func(inv, ret int64, current uint64) (now uint64) {
		switch {
		case swaps && r.IntN(3) == 0:
			written++
			d.addSwap(history.Op{Kind: history.Swap, Inv: inv, Ret: ret, Value: written}, current)
			return written
		case swaps && r.IntN(8) == 0:
			d.addSwap(history.Op{Kind: history.Swap, Inv: inv, Ret: ret, Value: current, Status: history.Failed}, 77)
		case r.IntN(3) == 0:
			written++
			d.add(history.Op{Kind: history.Write, Inv: inv, Ret: ret, Value: written})
			return written
		default:
			d.add(history.Op{Kind: history.Read, Inv: inv, Ret: ret, Value: current})
		}
		return current
	}
	n := 2 + r.IntN(7)
	if r.IntN(2) == 0 {
		span := 3 + r.IntN(20)
		for range n {
			inv, ret := d.interval(span)
			add(inv, ret, r.Uint64N(written+2))
		}
		return d
	}
	current, spread := uint64(0), 1+r.IntN(10)
	for i := range n {
		inv, ret := d.around(i, spread)
		current = add(inv, ret, current)
	}
	d.disturb()
	if i := r.IntN(n); r.IntN(4) == 0 && d.threads[i][0].Kind == history.Read {
		d.threads[i][0].Value = r.Uint64N(written + 1)
	}
	return d
}

// counterDraft is a history of fetch-and-add by delta.
func counterDraft(r *rand.Rand, initial uint64, delta int32) *draft {
	d := &draft{r: r}
	spread, n := 1+r.IntN(8), 2+r.IntN(7)
	value := func(ticket int) uint64 { return initial + uint64(int64(ticket)*int64(delta)) }
	for i := range n {
		inv, ret := d.around(i, spread)
		d.add(history.Op{Kind: history.Add, Inv: inv, Ret: ret, Value: value(i), Aux: uint32(delta)})
	}
	for range r.IntN(3) {
		a, b := &d.threads[r.IntN(n)][0], &d.threads[r.IntN(n)][0]
		switch r.IntN(4) {
		case 0:
			a.Ret = a.Inv
		case 1:
			a.Inv = a.Ret
		case 2:
			a.Value, b.Value = b.Value, a.Value
		case 3:
			a.Value = value(r.IntN(n + 1))
		}
	}
	return d
}

// lockDraft is a history of sections, with attempts that fail and readers or
// without.
func lockDraft(r *rand.Rand, readers, tries bool) *draft {
	d := &draft{r: r}
	t, loose := int64(start), r.IntN(2) == 0
	for range 1 + r.IntN(4) {
		if loose {
			t = start + r.Int64N(20)
		}
		width := 1 + r.Int64N(8)
		lock := history.Op{Kind: history.Lock, Inv: t, Ret: t + r.Int64N(width)}
		unlock := history.Op{Kind: history.Unlock, Inv: lock.Ret + r.Int64N(width)}
		unlock.Ret = unlock.Inv + r.Int64N(width)
		if readers && r.IntN(2) == 0 {
			lock.Kind, unlock.Kind = history.LockRead, history.UnlockRead
		}
		t = max(start, unlock.Inv-r.Int64N(4)+r.Int64N(5))
		d.threads = append(d.threads, []history.Op{lock, unlock})
		d.expect = append(d.expect, nil)
	}
	for range r.IntN(3) {
		if !tries {
			break
		}
		inv, ret := d.interval(int(t-start) + 5)
		o := history.Op{Kind: history.Lock, Inv: inv, Ret: ret, Status: history.Failed}
		if readers && r.IntN(2) == 0 {
			o.Kind = history.LockRead
		}
		d.add(o)
	}
	return d
}

// semaphoreDraft is a history of waits and posts.
func semaphoreDraft(r *rand.Rand, tries bool) *draft {
	d := &draft{r: r}
	span := 4 + r.IntN(20)
	for range 2 + r.IntN(7) {
		inv, ret := d.interval(span)
		o := history.Op{Kind: history.Post, Inv: inv, Ret: ret}
		if r.IntN(2) == 0 {
			o.Kind = history.Wait
			if tries && r.IntN(3) == 0 {
				o.Status = history.Failed
			}
		}
		d.add(o)
	}
	return d
}
