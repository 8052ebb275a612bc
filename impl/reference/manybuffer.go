package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

type manyBuffers struct{}

type manyBuffer struct{ *sharedmemory.ManyBuffer }

func (manyBuffers) Create(name string, s subject.Shape) (subject.Buffer, error) {
	shape, options := shapeOf(s)
	b, err := sharedmemory.CreateManyBuffer(name, shape, options...)
	if err != nil {
		return nil, translate(err)
	}
	return manyBuffer{b}, nil
}

func (manyBuffers) Open(name string) (subject.Buffer, error) {
	b, err := sharedmemory.OpenManyBuffer(name)
	if err != nil {
		return nil, translate(err)
	}
	return manyBuffer{b}, nil
}

func (manyBuffers) Unlink(name string) error {
	return translate(sharedmemory.UnlinkManyBuffer(name))
}

func (b manyBuffer) Put(item []byte, wait subject.Wait) error {
	return translate(b.ManyBuffer.Put(item, sharedmemory.Wait(wait)))
}

func (b manyBuffer) Get(into []byte, wait subject.Wait) (int, error) {
	n, err := b.ManyBuffer.Get(into, sharedmemory.Wait(wait))
	return n, translate(err)
}

func (b manyBuffer) Close() error { return translate(b.ManyBuffer.Close()) }

func (b manyBuffer) Detach() error { return translate(b.ManyBuffer.Detach()) }
