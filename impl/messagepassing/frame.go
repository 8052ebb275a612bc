package messagepassing

import (
	"encoding/binary"
	"strings"
)

// A frame is one request to the broker or one answer of it. On the wire, over a
// Unix stream socket or TCP, it is a header of 32 bytes (see appendHeader), a
// name, padding up to a multiple of alignment, and a body. The lengths in the
// header delimit it, since a stream keeps no boundaries (Stevens, Fenner,
// Rudoff, UNIX Network Programming, vol. 1, 3.9; Stevens, vol. 2, 4.10 "Streams
// and Messages").
type frame struct {
	kind     uint8  // request: a request constant; answer: refusal code, 0 is success
	flags    uint8  // see the flag constants
	number   uint32 // of the request, counted by its connection; the answer repeats it
	priority uint32 // of the message
	pid      uint32 // the sender's, in an answer that holds a message
	uid      uint32
	gid      uint32
	room     uint32 // receive: maximum size of the message in bytes; other uses: see the requests
	name     string
	body     []byte
}

const headerSize = 32

// alignment of a body in the stream, in bytes. The kernel copies with a string
// instruction that is several times slower if source and destination are
// misaligned to each other. Bodies start at cache lines in the caller's memory,
// so they should in the stream.
const alignment = 64

// bodyStart is where the body begins in a frame with a name of that length.
func bodyStart(nameLength int) int {
	return (headerSize + nameLength + alignment - 1) &^ (alignment - 1)
}

// hostMark separates a sender's name from its host in the name of a frame.
const hostMark = "\x00"

// frameNameMax is the longest name in a frame: an endpoint's, hostMark, an
// address.
const frameNameMax = nameMax + 1 + 64

var padding [alignment]byte

// Requests. Each is answered exactly once, except requestCancel and
// requestReady, which have no answer of their own.
const (
	requestCreate   uint8 = 1 + iota // name, body: shape; attaches
	requestOpen                      // name; attaches
	requestAttach                    // body: shape and key, of a mailbox that this process has open already
	requestUnlink                    // name
	requestSend                      // priority, body
	requestReceive                   // room
	requestDone                      // acknowledges the last message received
	requestClose                     // refuses further messages
	requestHandOver                  // pid
	requestCancel                    // number of the waiting request, which is answered; this one is not
	requestBye                       // detaches; the broker answers and closes
	requestJoin                      // name; makes an endpoint, whose key is the answer
	requestIncoming                  // body: key of an endpoint, whose ends of links are sent over this connection
	requestReady                     // the answer to requestIncoming was read, so descriptors may follow; not answered
	requestExpose                    // body: key; a listening socket follows over the same connection
	requestHello                     // over TCP, first. body: nonce; the answer: the broker's nonce and proof
	requestProve                     // over TCP, second. body: proof and identity; the answer: the session's token
	requestResume                    // over TCP, third, to resume. body: token; priority: last answer received; pid: unanswered request
	requestWatch                     // room: number of ends received; answered when there is another, or a relayed link has a message
	requestRelease                   // body: key of the mailbox that this endpoint sends to over a relayed link
	requestLink                      // name of the other endpoint; room: number of ends of links with it that were received
)

// announcementSize is the size of every frame that announces an end of a link.
// It is constant because the kernel joins messages that carry no descriptor.
var announcementSize = bodyStart(nameMax)

// announce makes the frame that announces an end of a link. For a relayed link,
// the keys of its two mailboxes stand in the number fields.
func announce(from string, out, in uint64, relayed bool) *frame {
	f := &frame{name: from}
	if relayed {
		f.flags = flagRelayed
		f.priority, f.pid = uint32(out), uint32(out>>32)
		f.uid, f.gid = uint32(in), uint32(in>>32)
	}
	return f
}

// keys returns the keys that announce stored.
func (f *frame) keys() (out, in uint64) {
	return uint64(f.priority) | uint64(f.pid)<<32, uint64(f.uid) | uint64(f.gid)<<32
}

// starts reports whether the request starts a broker where there is none.
func (f *frame) starts() bool {
	return f.kind == requestCreate || f.kind == requestJoin || f.kind == requestExpose
}

// Flags.
const (
	flagNever    uint8 = 1 << iota // request: do not wait
	flagRelayed                    // announcement: the link is relayed; keys instead of a descriptor
	flagRepeated                   // answer to the request that requestResume names, in place of an answer to the latter
)

// appendHeader writes the header, little-endian: size u32, kind u8, flags u8,
// name length u16, number, priority, pid, uid, gid, room u32.
func (f *frame) appendHeader(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(f.body)))
	b = append(b, f.kind, f.flags)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(f.name)))
	for _, v := range [...]uint32{f.number, f.priority, f.pid, f.uid, f.gid, f.room} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, f.name...)
	return append(b, padding[:bodyStart(len(f.name))-headerSize-len(f.name)]...)
}

// parseHeader reads a header of headerSize bytes, and returns the lengths of the
// name and of the body that follow it.
func (f *frame) parseHeader(b []byte) (nameLength, bodySize int) {
	f.kind, f.flags = b[4], b[5]
	for i, v := range [...]*uint32{&f.number, &f.priority, &f.pid, &f.uid, &f.gid, &f.room} {
		*v = binary.LittleEndian.Uint32(b[8+4*i:])
	}
	return int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint32(b))
}

// sender returns the sender of the message in an answer.
func (f *frame) sender() Sender {
	name, host, _ := strings.Cut(f.name, hostMark)
	return Sender{PID: int(f.pid), UID: int(int32(f.uid)), GID: int(int32(f.gid)), Name: name, Host: host}
}
