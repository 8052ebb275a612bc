package protocoltest

import (
	"bytes"
	"encoding/binary"
)

// MeasuredItem writes into p what the schema says of item i of a measured workload;
// the bytes of which it says nothing keep their values. A time other than 0 is the
// item's intended one.
func MeasuredItem(p []byte, seed uint64, i, time int64) {
	size, put := len(p), binary.LittleEndian.PutUint64
	w := (seed + uint64(i)) * 0x9e3779b97f4a7c15
	if size < 16 {
		copy(p, binary.LittleEndian.AppendUint64(nil, w))
		return
	}
	for page := 0; 4096*page < size; page++ {
		at := 4096*page + 8*(int(i)%min(512, size/8))
		if at >= 8 && at <= size-16 {
			put(p[at:], w+uint64(page)+1)
		}
	}
	put(p, w)
	if time != 0 {
		put(p, uint64(time))
	}
	put(p[size-8:], ^w)
}

// IsMeasuredItem reports whether p is what the schema says of that item.
func IsMeasuredItem(p []byte, seed uint64, i int64) bool {
	want := bytes.Clone(p)
	MeasuredItem(want, seed, i, 0)
	return bytes.Equal(p, want)
}
