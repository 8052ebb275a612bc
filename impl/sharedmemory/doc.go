// Package sharedmemory lets processes of one machine communicate through shared
// memory.
//
// A [Region] is a named piece of memory, as POSIX shm_open makes it, and a
// [Word] a number in it that is changed atomically. [Mutex], [FairMutex],
// [Semaphore] and [RWLock] order access to shared data. A [Snapshot] is a record
// that many processes read and some replace. A [Buffer] is the bounded buffer of
// the textbooks for one producer and one consumer (Silberschatz, Galvin, Gagne,
// Operating System Concepts, 10th edition, §3.5 and §7.1), a [ManyBuffer] the
// one for many:
//
//	b, err := sharedmemory.CreateBuffer("/items", sharedmemory.Shape{Slots: 8, ItemMax: 64})
//	…
//	err = b.Put([]byte("item"), sharedmemory.Forever)
//
// Every object has a name of the form "/name", outlives the process that created
// it, and is removed by Unlink.
//
// # Memory layout
//
// Every object is a file in /dev/shm. Its first page is a header that says what
// follows (header.go). Then comes the payload: the bytes of a region, or a
// control structure, which each kind declares beside its algorithm, and the
// slots. Fields that different processes write stand on cache lines of their
// own, with the line that the processor prefetches beside it: hence the padding
// to 128 bytes.
//
// # Death
//
// A process may be killed at any instruction. No object is ever left
// half-created, no lock outlives its owner, and no process waits for ever for a
// dead one. Whether a process is alive is asked of the kernel, which drops its
// file locks when it ends (presence.go). Process ids, which are reused and mean
// something else in another namespace, only occur in messages.
//
// # Memory order
//
// What a process writes before it publishes (puts an item, releases a lock,
// stores an atomic word) is visible to the process that takes it. On amd64
// publishing is a plain MOV, which the processor does not reorder with earlier
// loads and stores (Intel SDM vol. 3A §9.2.2; Sewell et al., x86-TSO, CACM
// 53(7), 2010); elsewhere it is a store of sync/atomic.
//
// # Trust
//
// A process that may write to an object can harm every other user of it: it can
// change any byte and truncate the file. Objects are therefore private to the
// creator's user unless [WithMode] says otherwise.
package sharedmemory
