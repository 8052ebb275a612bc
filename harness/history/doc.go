// Package history records the operations of concurrent threads on shared objects,
// and reads them back: one file for each thread, one 32-byte record for each
// operation.
//
// A [Recorder] writes from inside the process under test. Its file is mapped and
// present in memory from the start, so that recording neither enters the kernel nor
// allocates, and the records survive a SIGKILL. [Load] maps the files of all
// threads, validates them, and returns a [History]; a [Merge] yields its events in
// order of time.
//
// # File
//
// All numbers are little-endian. A header of 128 bytes is followed by capacity
// records of 32 bytes. Header:
//
//	offset size
//	  0     8   magic, "ipckhist"
//	  8     4   version, 1
//	 12     4   size of the header, 128
//	 16     4   process id, as the process sees it
//	 20     4   thread id
//	 24     4   index of the process in its run
//	 28     4   clock id, 1 = CLOCK_MONOTONIC
//	 32     8   capacity, records
//	 40     4   fence mode: 0 none, 1 full fence before ret is stamped
//	 44     4   slack, ns that the reader must add to every ret
//	 48    16   boot id, from /proc/sys/kernel/random/boot_id
//	 64     8   1 + records written, stored when the file is closed; 0 before
//	 72    56   zero
//
// Record:
//
//	 0     8   inv, ns; 0 = not begun, the log ends here
//	 8     8   ret, ns, stored last; 0 = pending
//	16     8   value
//	24     4   aux: priority, delta or errno
//	28     2   object
//	30     1   operation, a Kind
//	31     1   status
//
// A compare-and-swap is followed by a continuation record (operation 255), whose
// first two words are the expected and the observed value. It is written before the
// record that it continues.
//
// # Time
//
// inv is stamped before the operation and ret after it, so intervals are at least as
// long as the operation: a violation can be missed, but none is invented. That holds
// only if the stores of the operation are visible when ret is stamped. On x86 a
// release store may still wait in the store buffer while the clock is read. A full
// fence before the stamp prevents that; a recorder in a language without fences
// states a slack, which is added to every ret when the file is read.
package history
