package messagepassing

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// A record is what one send on a link's socket carries (SOCK_SEQPACKET: the
// kernel keeps its boundaries): a header, padded with zeros to a cache line, and
// a body. The header is the kind, three zero bytes, and a size as u32,
// little-endian.
type recordKind uint8

const (
	recordHello recordKind = 1 + iota // first record, sent by the broker: identifies the peer (see appendHello)
	recordWhole                       // one message; size is its own
	recordFirst                       // the first piece of a message; size is the whole message's
	recordMore                        // another piece
	recordPack                        // several messages, each preceded by its size as u32
	recordBye                         // the sender closed the link; nothing follows
)

const (
	recordHeader = alignment // so that bodies are aligned
	// recordBody is the largest body of a record in bytes. A larger message is
	// sent in pieces, as is a smaller one if the system allows only smaller
	// buffers.
	recordBody = 1 << 20
	// packBody is how many bytes a Packer collects: beyond 64 KiB the share of
	// the system call in the cost is negligible.
	packBody = 64 << 10
)

func putRecordHeader(b []byte, kind recordKind, size int) {
	binary.LittleEndian.PutUint32(b, uint32(kind))
	binary.LittleEndian.PutUint32(b[4:], uint32(size))
}

func parseRecordHeader(b []byte) (kind recordKind, size int) {
	return recordKind(b[0]), int(binary.LittleEndian.Uint32(b[4:]))
}

// appendHello writes what the broker knows of an endpoint: pid, uid, gid as u32,
// its name, hostMark, its host.
func appendHello(c credentials) []byte {
	b := make([]byte, recordHeader, recordHeader+12+len(c.name))
	for _, v := range [...]uint32{c.pid, c.uid, c.gid} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, c.name...)
	b = append(append(b, hostMark...), c.host...)
	putRecordHeader(b, recordHello, len(b)-recordHeader)
	return b
}

func parseHello(b []byte) (Sender, error) {
	if len(b) < 12 {
		return Sender{}, fmt.Errorf("%w: hello record of %d bytes: want at least 12", ErrIO, len(b))
	}
	v := func(i int) int { return int(int32(binary.LittleEndian.Uint32(b[4*i:]))) }
	name, host, _ := strings.Cut(string(b[12:]), hostMark)
	s := Sender{PID: v(0), UID: v(1), GID: v(2), Name: name, Host: host}
	if host != "" {
		s.PID = 0 // the number is the broker's own
	}
	return s, nil
}

// unpack splits the first message off a packed record's body.
func unpack(b []byte) (message, rest []byte, err error) {
	if len(b) >= 4 {
		size := int(binary.LittleEndian.Uint32(b))
		if size <= len(b)-4 {
			return b[4 : 4+size : 4+size], b[4+size:], nil
		}
	}
	return nil, nil, fmt.Errorf("%w: a packed record ends in the middle of a message", ErrIO)
}
