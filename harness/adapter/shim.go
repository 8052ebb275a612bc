package adapter

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
)

// Shims keeps compiled shims by the command that made them, so that a process
// that builds many subjects compiles the kit's own part once. Builds at the same
// time may share one.
type Shims struct {
	mutex   sync.Mutex
	objects map[string][]byte
}

// object is the shim that the command makes; make makes it where it is not kept
// yet. Builds that come meanwhile wait, since most of them need the same one.
func (s *Shims) object(command string, make func() ([]byte, error)) ([]byte, error) {
	if s == nil {
		return make()
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if object, ok := s.objects[command]; ok {
		return object, nil
	}
	object, err := make()
	if err != nil {
		return nil, err
	}
	if s.objects == nil {
		s.objects = map[string][]byte{}
	}
	s.objects[command] = object
	return object, nil
}

// shim is the kit's part of an agent, as an object file. It is compiled in a
// world of its own that holds no file of the subject's.
func (a *Adapter) shim(ctx context.Context, compiler []string) ([]byte, error) {
	args := slices.Concat(compiler, a.shimArguments())
	command := strings.Join(args, " ")
	return a.files.Shims.object(command, func() (object []byte, err error) {
		err = a.inWorld(ctx, func(b *builder) error {
			if err := b.placeKit(); err != nil {
				return err
			}
			if err := b.run(ctx, "the kit's shim: "+command, args); err != nil {
				return err
			}
			object, err = b.read(shimObject)
			return err
		})
		return object, err
	})
}

func (a *Adapter) shimArguments() []string {
	args := slices.Concat([]string{"-std=c11", "-O2"}, general(a.Claims.C.Flags), quoted)
	if most := a.itemMax(); most > 0 {
		args = append(args, fmt.Sprintf("-DIPCKIT_ITEM_MAX=%d", most))
	}
	return append(args, "-c", path.Join(kitDir, shimSource), "-o", shimObject)
}

// read gives the content of a regular file that a command has made.
func (b *builder) read(name string) ([]byte, error) {
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, b.fail("", "the compiler reported success, but made no %s", name)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, b.adapter.limits.bytes))
}
