package protocol_test

import (
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// The reference implementation (https://prng.di.unimi.it/splitmix64.c) begins
// with 0xe220a8397b1dcdaf when its state is 0.
func TestPayloadIsTheSameEverywhere(t *testing.T) {
	p := make([]byte, 19)
	protocol.Payload(p, 0)
	first := hex.EncodeToString(p)
	if want := "afcd1d7b39a820e2"; first[:16] != want {
		t.Errorf("word 0 of seed 0 is %s, want %s", first[:16], want)
	}
	longer := make([]byte, 64)
	protocol.Payload(longer, 0)
	if hex.EncodeToString(longer[:19]) != first {
		t.Error("a longer payload of the same seed does not begin with the shorter one")
	}
	shifted := make([]byte, 8)
	protocol.Payload(shifted, 1)
	if string(shifted) != string(longer[8:16]) {
		t.Error("word i of seed s is not word 0 of seed s+i")
	}
}

func TestItemSizesStayInRangeAndReachItsEnds(t *testing.T) {
	seen := map[int64]bool{}
	for i := range int64(1000) {
		size := protocol.ItemSize(9, i, 3, 6)
		if size < 3 || size > 6 {
			t.Fatalf("item %d has %d bytes", i, size)
		}
		seen[size] = true
	}
	if len(seen) != 4 {
		t.Errorf("sizes %v, want all of 3 to 6", seen)
	}
	if protocol.ItemSize(9, 1, 5, 5) != 5 {
		t.Error("a fixed size is not kept")
	}
}

// FNV-1a's test vectors, from http://www.isthe.com/chongo/tech/comp/fnv/.
func TestHash(t *testing.T) {
	for text, want := range map[string]string{"": "cbf29ce484222325", "a": "af63dc4c8601ec8c", "foobar": "85944171f73967e8"} {
		if got := protocol.Hash([]byte(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestWaitOnTheWire(t *testing.T) {
	for wait, text := range map[subject.Wait]string{
		subject.Forever:                      `"forever"`,
		subject.Never:                        `"never"`,
		subject.Wait(250 * time.Millisecond): `250`,
	} {
		got, err := json.Marshal(protocol.WireWait(wait))
		if err != nil || string(got) != text {
			t.Errorf("%d: %s, %v", wait, got, err)
		}
		var back protocol.WireWait
		if err := json.Unmarshal(got, &back); err != nil || subject.Wait(back) != wait {
			t.Errorf("%s: %d, %v", text, back, err)
		}
	}
	if got, _ := json.Marshal(protocol.WireWait(time.Microsecond)); string(got) != "1" {
		t.Errorf("a microsecond is %s, want it rounded up: 0 would not wait", got)
	}
	for _, text := range []string{`0`, `-1`, `"soon"`, `1.5`, `null`} {
		var w protocol.WireWait
		if err := w.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s was accepted as %d", text, w)
		}
	}
}
