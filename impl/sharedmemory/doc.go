// Package sharedmemory lets processes of one machine communicate through
// memory they share.
//
// A [Region] is a named piece of memory, as POSIX shm_open makes it, and a [Word]
// a number in it that is changed atomically. [Mutex], [FairMutex], [Semaphore] and
// [RWLock] order access to what is shared. A [Snapshot] is a record that many read
// and some replace. A [Buffer] is the bounded buffer of the textbooks for one
// producer and one consumer (Silberschatz, Galvin, Gagne, Operating System
// Concepts, §3.5 and §7.1), a [ManyBuffer] the one for many.
//
// All objects are found by a name of the form "/name", outlive the process that
// created them, and go away with Unlink.
//
// # Death
//
// A process may be killed at any instruction. Nothing of this package is left
// half-created, no lock of it outlives its owner, and nobody waits for ever for
// somebody dead. Who is alive is asked of the kernel, which drops a process's
// file locks when it ends (see presence.go): process ids, which are reused and
// mean something else in another namespace, only serve messages to people.
//
// # Memory order
//
// What one process writes before it publishes (puts an item, releases a lock,
// stores an atomic word) is seen by the process that takes it. On amd64
// publishing is a plain MOV, which the processor does not move before earlier
// loads and stores (Intel SDM vol. 3A §9.2.2; Sewell et al., x86-TSO, CACM
// 53(7), 2010); elsewhere it is a store of sync/atomic.
//
// # Trust
//
// Whoever may write to an object may harm everyone who uses it: it can change
// any byte and cut the file short. Objects are therefore private to the user
// who creates them unless [WithMode] says otherwise.
package sharedmemory
