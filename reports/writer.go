package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// A Writer appends lines to a record. Each line is one write to a file that is
// open for appending, made under the file's lock, so that several processes
// and goroutines can append to the same record.
type Writer struct {
	mu     sync.Mutex
	file   *os.File
	failed error
}

// Create begins a record at path with its header. A file that is there already
// is replaced. The error names the path and the way out.
func Create(path string, h Header) (*Writer, error) {
	if h.Format == 0 {
		h.Format = FormatVersion
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, refusal(path, err)
	}
	w := &Writer{file: file}
	if err := w.append(Line{Header: &h}); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Append goes on with a record that [Create] has begun, in another process as
// a rule.
func Append(path string) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_RDWR, 0)
	if err != nil {
		return nil, refusal(path, err)
	}
	if err := endsWithLine(file); err != nil {
		_ = file.Close() // nothing was written
		return nil, fmt.Errorf("record %s: %w; begin a new one", path, err)
	}
	return &Writer{file: file}, nil
}

// endsWithLine looks whether a line can be appended: after half a line, both
// would be lost.
func endsWithLine(file *os.File) error {
	unlock := lock(file)
	defer unlock()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return errors.New("it is empty, so it has no header")
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil {
		return err
	}
	if last[0] != '\n' {
		return errors.New("its last line is cut off")
	}
	return nil
}

// Result appends a requirement's line. A requirement may have several; see
// [Line].
func (w *Writer) Result(r Result) error {
	if r.Requirement == "" {
		return fmt.Errorf("record %s: a result without a requirement's id (verdict %q)", w.file.Name(), r.Verdict)
	}
	if !r.Verdict.known() {
		return fmt.Errorf("record %s: %s has the verdict %q, which is none", w.file.Name(), r.Requirement, r.Verdict)
	}
	return w.append(Line{Result: &r})
}

// Footer closes the record. Nothing may be appended after it.
func (w *Writer) Footer(f Footer) error { return w.append(Line{Footer: &f}) }

// Close closes the file. A record without a footer stays one that has not
// ended.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil {
		return refusal(w.file.Name(), err)
	}
	return nil
}

func (w *Writer) append(l Line) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b) // ends the line
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(l); err != nil {
		return fmt.Errorf("record %s: %w", w.file.Name(), err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed // a record with a hole would count as whole
	}
	if err := appendLine(w.file, b.Bytes()); err != nil {
		w.failed = refusal(w.file.Name(), err)
	}
	return w.failed
}

// appendLine makes one write. A full disk may take the beginning of the line
// only: it is taken back, so that another process's next line stays whole.
func appendLine(file *os.File, line []byte) error {
	unlock := lock(file)
	defer unlock()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	n, err := writeOnce(file, line)
	if n == len(line) {
		return nil
	}
	if err == nil {
		err = io.ErrShortWrite
	}
	if n > 0 && info.Mode().IsRegular() {
		err = errors.Join(err, file.Truncate(info.Size()))
	}
	return err
}

// writeOnce is write(2), again only where a signal came first. os.File.Write
// would go on after a short write.
func writeOnce(file *os.File, line []byte) (n int, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return 0, err
	}
	var errno error
	err = raw.Write(func(fd uintptr) bool {
		for {
			n, errno = syscall.Write(int(fd), line)
			if !errors.Is(errno, syscall.EINTR) {
				return !errors.Is(errno, syscall.EAGAIN)
			}
		}
	})
	if errno != nil {
		err = errno
	}
	return max(n, 0), err
}

// lock takes the file's lock where the file system has locks; on others a
// single appending write has to do.
func lock(file *os.File) (unlock func()) {
	flock := func(how int) error {
		raw, err := file.SyscallConn()
		if err != nil {
			return err
		}
		var errno error
		err = raw.Control(func(fd uintptr) {
			for {
				errno = syscall.Flock(int(fd), how)
				if !errors.Is(errno, syscall.EINTR) {
					return
				}
			}
		})
		return errors.Join(err, errno)
	}
	if flock(syscall.LOCK_EX) != nil {
		return func() {}
	}
	return func() { _ = flock(syscall.LOCK_UN) } // closing the file gives it back too
}

// refusal says what to do about an error of the file system.
func refusal(path string, err error) error {
	var advice string
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		advice = "make room, or write to another file system"
	case errors.Is(err, syscall.EFBIG):
		advice = "raise the limit on file size (ulimit -f)"
	case errors.Is(err, fs.ErrNotExist):
		advice = fmt.Sprintf("create the directory %s, or name another", filepath.Dir(path))
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		advice = "name a file in a directory"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		advice = "name a directory that you may write to"
	default:
		advice = "write to another directory"
	}
	return fmt.Errorf("record %s: %w: %s", path, bare(err), advice)
}

// bare takes the path out of an error that is shown with its path already.
func bare(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
