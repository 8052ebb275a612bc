package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

type regions struct{}

type region struct{ *sharedmemory.Region }

func (regions) Create(name string, size int64) (subject.Region, error) {
	r, err := sharedmemory.Create(name, size)
	if err != nil {
		return nil, translate(err)
	}
	return region{r}, nil
}

func (regions) Open(name string, readOnly bool) (subject.Region, error) {
	var options []sharedmemory.Option
	if readOnly {
		options = append(options, sharedmemory.ReadOnly())
	}
	r, err := sharedmemory.Open(name, options...)
	if err != nil {
		return nil, translate(err)
	}
	return region{r}, nil
}

func (regions) Unlink(name string) error { return translate(sharedmemory.Unlink(name)) }

func (r region) ReadAt(p []byte, offset int64) (int, error) {
	n, err := r.Region.ReadAt(p, offset)
	return n, translate(err)
}

func (r region) WriteAt(p []byte, offset int64) (int, error) {
	n, err := r.Region.WriteAt(p, offset)
	return n, translate(err)
}

func (r region) Detach() error { return translate(r.Close()) }
