package messagepassing

import "fmt"

// A decoder splits a stream that arrives in pieces into frames. A frame that is
// incomplete because its sender died is never seen, so its request has no
// effect.
type decoder struct {
	bodyMax int // bytes; a client that sends a larger body is disconnected

	header []byte // received part of header and name
	body   []byte // being filled; nil until the header is complete
	have   int    // bytes of body received
	frame  frame
	names  int // length of the name
}

// bodyMin is the size in bytes of a body that is always accepted, also from a
// client that is not attached to a mailbox.
const bodyMin = 1024

// rest is where the next bytes of a large body belong; nil between bodies.
// Reading directly into it saves a copy.
func (d *decoder) rest() []byte {
	if d.body == nil {
		return nil
	}
	return d.body[d.have:]
}

// filled accounts for n bytes that were read into rest, and returns the frame if
// it is complete.
func (d *decoder) filled(n int) (f *frame, ok bool) {
	d.have += n
	if d.have < len(d.body) {
		return nil, false
	}
	return d.whole(), true
}

// feed consumes bytes from b, and returns the first complete frame and the bytes
// after it.
func (d *decoder) feed(b []byte) (f *frame, rest []byte, err error) {
	if d.body == nil {
		b = d.want(headerSize, b)
		if len(d.header) < headerSize {
			return nil, b, nil
		}
		var size int
		d.names, size = d.frame.parseHeader(d.header)
		if d.names > frameNameMax || size > max(bodyMin, d.bodyMax) {
			return nil, nil, fmt.Errorf("%w: a header that announces %d and %d bytes", errProtocol, d.names, size)
		}
		b = d.want(bodyStart(d.names), b)
		if len(d.header) < bodyStart(d.names) {
			return nil, b, nil
		}
		d.body, d.have = make([]byte, size), 0
	}
	n := copy(d.body[d.have:], b)
	d.have += n
	if d.have < len(d.body) {
		return nil, nil, nil
	}
	return d.whole(), b[n:], nil
}

// want moves bytes to the header until it has size of them.
func (d *decoder) want(size int, b []byte) []byte {
	n := min(max(size-len(d.header), 0), len(b))
	d.header = append(d.header, b[:n]...)
	return b[n:]
}

func (d *decoder) whole() *frame {
	f := d.frame
	f.name = string(d.header[headerSize : headerSize+d.names])
	f.body = d.body
	d.header, d.body, d.have, d.frame = d.header[:0], nil, 0, frame{}
	return &f
}
