package ring

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
)

type many struct{ Rings }

// Many makes bounded buffers between many producers and consumers: shared rings.
func Many(f Fault) subject.Buffers { return many{New(f, region.None)} }

func (m many) Create(name string, s subject.Shape) (subject.Buffer, error) {
	return share(m.create(name, s))
}

func (m many) Open(name string) (subject.Buffer, error) { return share(m.open(name)) }

func share(r *ring, err error) (subject.Buffer, error) {
	if err != nil {
		return nil, err
	}
	r.shared = true
	return r, nil
}
