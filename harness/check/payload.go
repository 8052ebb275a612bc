package check

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/reports"
)

func encode(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// decode takes the payload out of a reply.
func (p *Process) decode(operation string, reply protocol.Reply) ([]byte, error) {
	if reply.Data == nil {
		p.world.Fail("%s: %s was answered without data", p.Name(), operation)
	}
	data, err := base64.StdEncoding.DecodeString(*reply.Data)
	if err != nil {
		p.world.Fail("%s: %s was answered with data that are not base64: %v", p.Name(), operation, err)
	}
	return data, nil
}

func showBase64(text string) string {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Sprintf("%q (not base64)", text)
	}
	return Show(data)
}

// Bytes says a range of sizes: "4 bytes", "0 to 16 bytes".
func Bytes(low, high int64) string {
	text := fmt.Sprintf("%d %s", high, reports.Plural(int(high), "byte"))
	if low == high {
		return text
	}
	return fmt.Sprintf("%d to %s", low, text)
}

// Show prints a payload: a short one in hexadecimal, of a long one the start,
// the length and the hash.
func Show(data []byte) string {
	switch {
	case len(data) == 0:
		return "[0 bytes]"
	case len(data) <= 16:
		return "[" + hex.EncodeToString(data) + "]"
	}
	return fmt.Sprintf("[%s…, %d bytes, hash %s]", hex.EncodeToString(data[:8]), len(data), protocol.Hash(data))
}

// Item makes the bytes of item i that a spec puts by itself: distinct for distinct
// i wherever the size leaves room for it, and full of zeros, ones and everything
// between. The items of a workload are those of [Bulk.Item].
func Item(seed uint64, i int, size int64) []byte {
	data := make([]byte, size)
	if size >= 8 {
		protocol.Payload(data, protocol.ItemSeed(seed, int64(i)))
		return data
	}
	for b := range data {
		data[b] = byte((i + 1) >> (8 * b))
	}
	return data
}
