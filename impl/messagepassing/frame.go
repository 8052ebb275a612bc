package messagepassing

import (
	"encoding/binary"
	"strings"
)

// A frame is one request to the broker or one answer of it. On the wire,
// Unix stream or TCP alike, it is a header of 32 bytes, a name of nameLength
// bytes, padding up to a multiple of alignment, and a body of size bytes: a stream keeps no boundaries, so the lengths
// in the header do (Stevens, Fenner, Rudoff, UNIX Network Programming, vol. 1,
// 3.9; W. R. Stevens, vol. 2, 4.10 "Streams and Messages").
type frame struct {
	kind     uint8  // request: what is asked; answer: refusal code, 0 is success
	flags    uint8  // see the flag constants
	number   uint32 // of the request, counted by its connection; the answer repeats it
	priority uint32 // of the message
	pid      uint32 // the sender, in an answer that holds a message
	uid      uint32
	gid      uint32
	room     uint32 // request receive: largest message that the caller can take
	name     string
	body     []byte
}

const headerSize = 32

// alignment of a body behind what precedes it. The kernel copies with a string
// instruction that is several times slower where source and destination are
// misaligned to each other: bodies start at cache lines in the caller's memory,
// so they should in the stream.
const alignment = 64

// bodyStart is where the body begins in a frame with a name of that length.
func bodyStart(nameLength int) int {
	return (headerSize + nameLength + alignment - 1) &^ (alignment - 1)
}

// hostMark separates a sender's name from its host.
const hostMark = "\x00"

// frameNameMax is the longest name in a frame: an endpoint's, the mark, an address.
const frameNameMax = nameMax + 1 + 64

var padding [alignment]byte

// Requests. Every one but requestCancel and requestReady is answered exactly
// once.
const (
	requestCreate   uint8 = 1 + iota // name, body: shape; attaches
	requestOpen                      // name; attaches
	requestAttach                    // body: shape and key, of a mailbox this process has open already
	requestUnlink                    // name
	requestSend                      // priority, body
	requestReceive                   // room
	requestDone                      // the message in hand is dealt with
	requestClose                     // no more messages
	requestHandOver                  // pid
	requestCancel                    // number of the request that waits; not answered itself
	requestBye                       // detach; the broker answers and hangs up
	requestJoin                      // name; becomes an endpoint, whose key is the answer
	requestIncoming                      // body: key of an endpoint, whose ends of links come over this line
	requestReady                     // the answer to requestNews was read; from now on descriptors may come. Not answered
	requestExpose                    // body: key; a listening socket follows over the same line
	requestHello                     // over TCP, first. body: nonce; the answer: the broker's nonce and proof
	requestProve                     // over TCP, second. body: proof and identity; the answer: the session's token
	requestResume                    // instead of a third. body: token; priority: last answer that came; pid: request that waits
	requestWatch                     // room: how many ends have come; answered when another has, or a carried link has something
	requestRelease                   // body: key of the mailbox that this endpoint sends into over a carried link
	requestLink                      // name of the other endpoint; room: how many ends with it have come
)

// newsSize is the size of every frame that announces an end of a link. They are
// of one size since the kernel joins those that carry no descriptor.
var announcementSize = bodyStart(nameMax)

// announce makes the frame that announces an end. A carried one has the keys of
// the two mailboxes in place of numbers.
func announce(from string, out, in uint64, carried bool) *frame {
	f := &frame{name: from}
	if carried {
		f.flags = flagRelayed
		f.priority, f.pid = uint32(out), uint32(out>>32)
		f.uid, f.gid = uint32(in), uint32(in>>32)
	}
	return f
}

// keys reads what announce has put in.
func (f *frame) keys() (out, in uint64) {
	return uint64(f.priority) | uint64(f.pid)<<32, uint64(f.uid) | uint64(f.gid)<<32
}

// starts tells whether a broker is started for the request where there is none.
func (f *frame) starts() bool {
	return f.kind == requestCreate || f.kind == requestJoin || f.kind == requestExpose
}

// Flags.
const (
	flagNever    uint8 = 1 << iota // request: refuse rather than wait
	flagRelayed                    // end of a link: by keys, not by descriptor
	flagRepeated                   // answer: to the request that waited, instead of to requestResume
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

// parseHeader reads a header of headerSize bytes, and gives the lengths of the
// name and of the body that follow it.
func (f *frame) parseHeader(b []byte) (nameLength, bodySize int) {
	f.kind, f.flags = b[4], b[5]
	for i, v := range [...]*uint32{&f.number, &f.priority, &f.pid, &f.uid, &f.gid, &f.room} {
		*v = binary.LittleEndian.Uint32(b[8+4*i:])
	}
	return int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint32(b))
}

// sender reads who sent the message in an answer.
func (f *frame) sender() Sender {
	name, host, _ := strings.Cut(f.name, hostMark)
	return Sender{PID: int(f.pid), UID: int(int32(f.uid)), GID: int(int32(f.gid)), Name: name, Host: host}
}
