package host

import (
	"bytes"
	"encoding/binary"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

// named records are at least so long; shorter ones cannot say which they are.
const namedRecord = 16

// record makes record i, from 1, of writer p in b, which is large enough.
func (l load) record(b []byte, writer int, i int64) []byte {
	l.seed += uint64(writer)
	b = b[:l.size(i)]
	if len(b) < namedRecord {
		for at := range b {
			b[at] = byte(1 + i%255)
		}
		return b
	}
	binary.NativeEndian.PutUint64(b, uint64(writer)<<32|uint64(i))
	protocol.Payload(b[8:], protocol.ItemSeed(l.seed, i))
	return b
}

// recording is a role at a snapshot.
func (p *worker) recording(s *snapshot) (step, error) {
	l, err := parseLoad(p.request)
	if err != nil {
		return nil, err
	}
	switch p.request.Role {
	case protocol.RolePublish:
		b := make([]byte, l.high)
		return func(i int64) error {
			record := l.record(b, p.index, i+1)
			if err := s.Publish(record); err != nil {
				return err
			}
			overwrite(record)
			p.own.Published.Store(uint64(i + 1))
			return nil
		}, nil
	case protocol.RoleRead:
		r := &recordReader{worker: p, load: l, from: s, want: make([]byte, l.high), into: p.h.buffer(max(l.high, s.recordMax))}
		return r.step, nil
	}
	return nil, p.misfit()
}

// A recordReader compares what it reads with what was published.
type recordReader struct {
	*worker
	load
	from       *snapshot
	want, into []byte
	seen       [scratch.Processes]uint64 // the latest record of each writer
}

func (r *recordReader) step(i int64) error {
	var published [scratch.Processes]uint64
	for w := range published {
		published[w] = r.scratch.Of(w).Published.Load()
	}
	n, err := r.from.Read(r.into)
	for subject.KindOf(err) == subject.Empty {
		r.refused++
		giveWay()
		n, err = r.from.Read(r.into)
	}
	switch {
	case err != nil:
		return err
	case n < 0 || n > len(r.into):
		return subject.Errorf(subject.IO, "Read returned a length of %d for a buffer of %d bytes", n, len(r.into))
	}
	r.judge(i, r.into[:n], published)
	return nil
}

func (r *recordReader) judge(i int64, got []byte, published [scratch.Processes]uint64) {
	if len(got) < namedRecord {
		if n := bytes.Count(got, got[:min(1, len(got))]); n != len(got) && len(got) > 0 {
			r.fault(i, "parts of different records: % x", got)
		}
		return
	}
	name := binary.NativeEndian.Uint64(got)
	writer, number := name>>32, name&(1<<32-1)
	if writer >= scratch.Processes || number == 0 || !bytes.Equal(got, r.record(r.want, int(writer), int64(number))) {
		r.fault(i, "%d bytes that no publish wrote; they begin like record %d of writer %d", len(got), number, writer)
		return
	}
	switch last := r.seen[writer]; {
	case number+1 < last: // the one before may come again until the publish of the last has returned
		r.fault(i, "record %d of writer %d after record %d had been read", number, writer, last)
	case number < published[writer]:
		r.fault(i, "record %d of writer %d, although the publish of record %d had returned before the read began", number, writer, published[writer])
	}
	r.seen[writer] = max(r.seen[writer], number)
}
