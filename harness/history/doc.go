// Package history records what concurrent threads did to shared objects, and
// reads it back: one file a thread, one 32-byte record an operation.
//
// A [Recorder] writes from inside the process under test. Its file is mapped
// and present in memory from the start, so that recording neither enters the
// kernel nor allocates, and what was recorded outlives a SIGKILL. [Load] maps
// the files of all threads, validates them, and gives a [History], whose
// operations a [Merge] yields in order of time.
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
//	 44     4   slack, ns that the reader is to add to every ret
//	 48    16   boot id, from /proc/sys/kernel/random/boot_id
//	 64     8   1 + records written, stored when the file is closed in order; 0 before
//	 72    56   zero
//
// Record:
//
//	 0     8   inv, ns; 0 = never begun, the log ends here
//	 8     8   ret, ns, stored last; 0 = pending
//	16     8   value
//	24     4   aux: priority, delta or errno
//	28     2   object
//	30     1   operation, a Kind
//	31     1   status
//
// A compare-and-swap is followed by a continuation record (operation 255),
// whose first two words are the expected and the observed value. It is written
// before the record that it continues.
//
// # Time
//
// inv is stamped before the operation and ret after it, so intervals are only
// ever too wide: faults can be missed, never invented. That holds only if the
// operation's stores are visible when ret is stamped. A release store is not
// yet: on x86 it may wait in the store buffer while the clock is read. A full
// fence before the stamp settles it; a language without fences states a slack
// instead, which is added to every ret when the file is read.
package history
