package cooperation

import (
	"encoding/binary"
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
)

// letters of the alphabet that the text is made of.
const letters = 26

// A table is the shared record: how often each letter has been seen, and how
// many have been counted in all. It is whole if the one is the sum of the other.
type table struct {
	seen  [letters]uint64
	total uint64
}

const tableSize = 8 * (letters + 1)

// chunk is a piece of the text that is counted, which no process holds as a whole:
// piece i follows from the seed.
func chunk(seed uint64, i int) []byte {
	text := check.Item(seed, i, chunkSize)
	for at := range text {
		text[at] %= letters
	}
	return text
}

const chunkSize = 200

// add counts a piece of the text.
func (t *table) add(text []byte) {
	for _, letter := range text {
		t.seen[letter]++
	}
	t.total += uint64(len(text))
}

// whole says what is wrong with a record that no process wrote as a whole; ""
// where nothing is.
func (t *table) whole() string {
	var sum uint64
	for _, n := range t.seen {
		sum += n
	}
	if sum == t.total {
		return ""
	}
	return fmt.Sprintf("%d letters of each kind together, and %d in all", sum, t.total)
}

func (t *table) bytes() []byte {
	b := make([]byte, 0, tableSize)
	for _, n := range t.seen {
		b = binary.NativeEndian.AppendUint64(b, n)
	}
	return binary.NativeEndian.AppendUint64(b, t.total)
}

func readTable(b []byte) (t table, ok bool) {
	if len(b) < tableSize {
		return t, false
	}
	for i := range t.seen {
		t.seen[i] = binary.NativeEndian.Uint64(b[8*i:])
	}
	t.total = binary.NativeEndian.Uint64(b[8*letters:])
	return t, true
}

// serial is what one process alone comes to.
func serial(seed uint64, chunks int) (t table) {
	for i := range chunks {
		t.add(chunk(seed, i))
	}
	return t
}
