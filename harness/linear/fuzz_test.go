package linear

import (
	"math/rand/v2"
	"testing"

	"github.com/ipckit/ipckit/harness/history"
)

// bytesDraft makes a small history from bytes, three an operation: what it does
// and with which value, when it begins, how long it takes. fix turns the first
// byte into an operation.
func bytesDraft(b []byte, fix func(what byte) (history.Op, uint64)) *draft {
	d := &draft{}
	for ; len(b) >= 3 && len(d.threads) < 8; b = b[3:] {
		o, expected := fix(b[0])
		o.Inv = start + int64(b[1]%32)
		o.Ret = o.Inv + int64(b[2]%16)
		if b[2] >= 240 && (o.Status == history.OK) {
			o.Ret = 0
		}
		d.addSwap(o, expected)
	}
	return d
}

func fuzz(f *testing.F, rv rival, fix func(what byte) (history.Op, uint64)) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 8 {
		b := make([]byte, 3*(3+r.IntN(5)))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		compare(t, rv, distinct(bytesDraft(b, fix)))
	})
}

// distinct drops operations that produce a value a second time: no workload
// does, and the checkers say so instead of deciding.
func distinct(d *draft) *history.History {
	seen := map[uint64]bool{}
	kept := &draft{swaps: d.swaps}
	for i, t := range d.threads {
		o := t[0]
		produces := o.Kind == history.Send || o.Kind == history.Write || o.Kind == history.Swap && o.Status == history.OK
		if produces && (seen[o.Value] || o.Kind != history.Send && o.Value == 0) {
			continue
		}
		seen[o.Value] = seen[o.Value] || produces
		kept.addSwap(o, d.expect[i][0])
	}
	return kept.history()
}

func queueOp(what byte) (history.Op, uint64) {
	o := history.Op{Kind: history.Send, Value: uint64(what>>2) % 4, Aux: uint32(what>>4) % 3}
	switch what & 3 {
	case 1, 2:
		o.Kind = history.Receive
	case 3:
		o.Kind, o.Status = history.Receive, history.Empty
	}
	return o, 0
}

func FuzzFIFO(f *testing.F) {
	fuzz(f, rival{check: FIFO{}, model: queue(0, false)}, queueOp)
}

func FuzzPriority(f *testing.F) {
	fuzz(f, rival{check: Priority{}, model: queue(0, true)}, queueOp)
}

func FuzzBounded(f *testing.F) {
	fuzz(f, rival{check: Bounded{Capacity: testCapacity}, model: queue(testCapacity, false)}, func(what byte) (history.Op, uint64) {
		o, _ := queueOp(what)
		if what >= 224 {
			o = history.Op{Kind: history.Send, Value: 9, Status: history.Full}
		}
		return o, 0
	})
}

func FuzzRegister(f *testing.F) {
	fuzz(f, rival{check: Register{}, exact: true, model: registerModel(proof{initial: uint64(0)})}, func(what byte) (history.Op, uint64) {
		o := history.Op{Kind: history.Read, Value: uint64(what>>2) % 4}
		switch what & 3 {
		case 1:
			o.Kind = history.Write
		case 2:
			o.Kind = history.Swap
		case 3:
			o.Kind, o.Status = history.Swap, history.Failed
		}
		return o, uint64(what>>4) % 4
	})
}

func FuzzCounter(f *testing.F) {
	fuzz(f, rival{check: Counter{}, exact: true, model: registerModel(proof{initial: uint64(0)})}, func(what byte) (history.Op, uint64) {
		return history.Op{Kind: history.Add, Value: uint64(what) % 8, Aux: 1}, 0
	})
}

func FuzzSemaphore(f *testing.F) {
	fuzz(f, rival{check: Semaphore{Initial: 1}, model: permits(1)}, func(what byte) (history.Op, uint64) {
		o := history.Op{Kind: history.Post}
		switch what & 3 {
		case 1, 2:
			o.Kind = history.Wait
		case 3:
			o.Kind, o.Status = history.Wait, history.Failed
		}
		return o, 0
	})
}

// FuzzLock makes sections of five bytes: when each began, how long it took to
// get the lock, to hold it, to give it back, and for what; and failed attempts.
func FuzzLock(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 0, 5, 1, 1, 1, 1, 9, 3, 3, 3, 6})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, readers := &draft{}, false
		for ; len(b) >= 5 && len(d.threads) < 5; b = b[5:] {
			lock := history.Op{Kind: history.Lock, Inv: start + int64(b[0]%32)}
			lock.Ret = lock.Inv + int64(b[1]%8)
			unlock := history.Op{Kind: history.Unlock, Inv: lock.Ret + int64(b[2]%8)}
			unlock.Ret = unlock.Inv + int64(b[3]%8)
			if b[4]&1 != 0 {
				lock.Kind, unlock.Kind, readers = history.LockRead, history.UnlockRead, true
			}
			if b[4]&6 == 6 {
				lock.Status = history.Failed
				d.add(lock)
				continue
			}
			d.threads = append(d.threads, []history.Op{lock, unlock})
			d.expect = append(d.expect, nil)
		}
		rv := rival{check: RWLock{}, model: rwModel(proof{})}
		compare(t, rv, d.history())
		if !readers {
			rv.check = Mutex{}
			compare(t, rv, d.history())
		}
	})
}
