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
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_RDWR, 0o666)
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
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		err = errors.New("it is empty: begin it with Create, which gives it a header")
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, fmt.Errorf("record %s: %w", path, bare(err))
	}
	return &Writer{file: file}, nil
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
	locked := lock(file) == nil
	if locked {
		defer unlock(file)
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	regular, end := info.Mode().IsRegular(), info.Size()
	if regular && locked {
		if end, err = dropHalfLine(file, end); err != nil {
			return err
		}
	}
	n, err := writeOnce(file, line)
	for err == nil && n < len(line) { // writing the rest gives the reason
		var more int
		more, err = writeOnce(file, line[n:])
		if more == 0 && err == nil {
			err = io.ErrShortWrite
		}
		n += more
	}
	if err != nil && n > 0 && regular {
		err = errors.Join(err, file.Truncate(end))
	}
	return err
}

// dropHalfLine takes back what a writer left that was killed in the middle of a
// large write; while the lock is held there is no other way to get half a line.
// The check that it was about counts as lost; see [Record.Verdicts].
func dropHalfLine(file *os.File, end int64) (int64, error) {
	chunk := make([]byte, 1)
	for at := end; at > 0; {
		n := min(int64(len(chunk)), at)
		if _, err := file.ReadAt(chunk[:n], at-n); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(chunk[:n], '\n'); i >= 0 {
			whole := at - n + int64(i) + 1
			if whole == end {
				return end, nil
			}
			return whole, file.Truncate(whole)
		}
		at -= n
		chunk = make([]byte, 1<<16) // a whole line is the rule, so one byte was enough
	}
	return end, nil
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

// lock takes the file's lock. Where the file system has none, a single
// appending write has to do.
func lock(file *os.File) error { return flock(file, syscall.LOCK_EX) }

func unlock(file *os.File) { _ = flock(file, syscall.LOCK_UN) } // closing the file would do it too

func flock(file *os.File, how int) error {
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
