package ptrace

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// Read fills b from a process's memory; false where not all of it can be read. It
// takes the right to trace the process, which need not be traced.
func Read(pid int, address uint64, b []byte) bool {
	return read(pid, address, b) == len(b)
}

// read reads as much as it can.
func read(pid int, address uint64, b []byte) int {
	if len(b) == 0 {
		return 0
	}
	local := unix.Iovec{Base: &b[0]}
	local.SetLen(len(b))
	n, err := unix.ProcessVMReadv(pid, []unix.Iovec{local}, []unix.RemoteIovec{{Base: uintptr(address), Len: len(b)}}, 0)
	if err != nil {
		return 0
	}
	return n
}

// ReadString reads a string that ends with a zero byte, up to limit bytes of it.
// Where memory ends before, it is what there is.
func ReadString(pid int, address uint64, limit int) string {
	var text []byte
	page := uint64(os.Getpagesize())
	for len(text) < limit {
		// A read that crosses into an unmapped page fails as a whole.
		chunk := make([]byte, min(int(page-address%page), limit-len(text)))
		n := read(pid, address, chunk)
		if n == 0 {
			break
		}
		if end := bytes.IndexByte(chunk[:n], 0); end >= 0 {
			return string(append(text, chunk[:end]...))
		}
		text = append(text, chunk[:n]...)
		address += uint64(n)
	}
	return string(text)
}
