package messagepassing

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
)

// resident is the resident memory of a process in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	var size, pages int
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Sscan(string(b), &size, &pages)
	return pages * os.Getpagesize()
}

func TestThousandMailboxes(t *testing.T) {
	t.Parallel()
	const count = 1000
	broker := testBroker(t)
	var all []*Mailbox
	for i := range count {
		all = append(all, create(t, broker, fmt.Sprintf("/m%d", i), Shape{Capacity: 2}))
	}
	for i, m := range all {
		if err := m.Send(binary.LittleEndian.AppendUint32(nil, uint32(i)), Never); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range all {
		got, err := m.ReceiveMessage(Never)
		if err != nil || binary.LittleEndian.Uint32(got.Body) != uint32(i) {
			t.Fatalf("mailbox %d: %v, %v", i, got.Body, err)
		}
	}
	t.Logf("the broker uses %d KiB for %d mailboxes", resident(t, brokerPIDs(t, broker)[0])>>10, count)
}

// Many messages without a receiver keep their order, and their memory is
// returned once they are received.
func TestUnboundedGivesMemoryBack(t *testing.T) {
	t.Parallel()
	const size = 1000
	count := 20_000 * *effort
	broker := testBroker(t)
	m := create(t, broker, "/unbounded", Shape{Capacity: Unbounded})
	pid := brokerPIDs(t, broker)[0]
	empty := resident(t, pid)
	b := make([]byte, size)
	for i := range count {
		binary.LittleEndian.PutUint64(b, uint64(i))
		if err := m.Send(b, Never); err != nil {
			t.Fatal(err)
		}
	}
	full := resident(t, pid)
	for i := range count {
		if n, err := m.Receive(b, Never); err != nil || n != size || binary.LittleEndian.Uint64(b) != uint64(i) {
			t.Fatalf("message %d: %d bytes, %v", i, n, err)
		}
	}
	if raceEnabled {
		return // the race detector keeps its shadow of the memory
	}
	limit := empty + (full-empty)/4
	eventually(t, "memory given back", func() bool { return resident(t, pid) < limit })
	t.Logf("%d messages of %d bytes: the broker uses %d KiB empty, %d KiB full, %d KiB drained",
		count, size, empty>>10, full>>10, resident(t, pid)>>10)
}
