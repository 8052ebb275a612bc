package adapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/world"
)

// A builder runs commands in a copy of the subject's directory, in a world.
type builder struct {
	adapter *Adapter
	world   *world.World
	dir     string // the copy
	size    int64  // of it, bytes, before anything was built
}

// newBuilder makes a builder in a directory that is empty.
func newBuilder(a *Adapter, w *world.World) (*builder, error) {
	b := &builder{adapter: a, world: w, dir: filepath.Join(w.Dir(), ".ipckit-build")}
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		return nil, err
	}
	if owner := b.owner(); owner != nobody {
		return b, os.Chown(b.dir, owner, owner)
	}
	return b, nil
}

// owner is the user that the directory is given to, or nobody.
func (b *builder) owner() int {
	if user := b.world.User(); user != os.Getuid() {
		return user
	}
	return nobody
}

// copySubject copies the subject's directory into that of the builder.
func (b *builder) copySubject() error {
	a := b.adapter
	c := &copier{to: b.dir, limits: a.limits, only: nobody, give: b.owner()}
	if err := c.copy(a.Dir); err != nil {
		return b.fail("", "%v", err)
	}
	b.size = c.bytes
	return nil
}

func (b *builder) fail(command, format string, args ...any) *BuildError {
	return &BuildError{Subject: b.adapter.Claims.Subject, Command: command, Reason: fmt.Sprintf(format, args...)}
}

// run runs one command to its end. shown is how errors call it.
func (b *builder) run(ctx context.Context, shown string, args []string) error {
	output, err := os.CreateTemp("", "ipckit-output-")
	if err != nil {
		return fmt.Errorf("a file for the output of the build: %w", err)
	}
	defer output.Close()
	if err := os.Remove(output.Name()); err != nil {
		return err
	}
	p, err := b.world.Start(ctx, world.Command{
		Name: "build", Path: args[0], Args: args, Dir: b.dir, Env: append(environment(), "HOME="+b.world.Dir(), "LC_ALL=C"),
		Stdout: output, Stderr: output, OutputLimit: b.adapter.limits.output,
	})
	if err != nil {
		if ctx.Err() != nil || b.world.Err() != nil {
			return err
		}
		return b.fail(shown, "%v", err)
	}
	filled := make(chan struct{})
	go b.watchSize(p, b.size+b.adapter.limits.bytes, filled)
	exit, err := p.Wait(ctx)
	if err != nil {
		return err // the world's end is the build's
	}
	if exit.OK() {
		return nil
	}
	e := b.fail(shown, "%s", exit)
	select {
	case <-filled:
		e.Reason = fmt.Sprintf("it has written more than %d MiB", b.adapter.limits.bytes>>20)
	default:
	}
	e.Output = readCut(output)
	return e
}

// watchSize ends a build that fills the disk, and closes filled then.
func (b *builder) watchSize(p *world.Process, most int64, filled chan<- struct{}) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.Done():
			return
		case <-tick.C:
		}
		if treeSize(b.world.Dir()) > most {
			close(filled)
			_ = p.Kill()
			return
		}
	}
}

// treeSize is what the files below a directory take, as far as they can be
// looked at.
func treeSize(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // removed meanwhile
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// Of a long output its beginning is shown, where a compiler says what is wrong,
// and its end, where make does.
const (
	outputHead = 6 << 10
	outputTail = 3 << 10
)

func readCut(output *os.File) string {
	size, err := output.Seek(0, io.SeekEnd)
	if err != nil {
		return ""
	}
	part := func(from, n int64) string {
		text, _ := io.ReadAll(io.NewSectionReader(output, from, n))
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	if size <= outputHead+outputTail {
		return strings.TrimSpace(part(0, size))
	}
	return fmt.Sprintf("%s\n… %d bytes are left out …\n%s",
		strings.TrimSpace(part(0, outputHead)), size-outputHead-outputTail, strings.TrimSpace(part(size-outputTail, outputTail)))
}

// place puts a file of the kit's own into the copy, whatever was there. What
// was there is the subject's: nothing is written through a link of its making.
func (b *builder) place(name string, text []byte) error {
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for i, c := range name {
		if c != '/' {
			continue
		}
		if err := root.Mkdir(name[:i], 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := root.Chmod(name[:i], 0o755); err != nil { // whatever the umask
			return err
		}
	}
	if err := root.RemoveAll(name); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Chmod(0o644), f.Close())
}
