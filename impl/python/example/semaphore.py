"""POSIX semaphores in shared memory: sem_init(3) and the like.

Only the children of a process can use its multiprocessing.Semaphore. These lie in
the shared memory itself, so every process that maps it can use them.
"""

import ctypes
import errno
import os
import time

_libc = ctypes.CDLL(None, use_errno=True)  # gives up the interpreter's lock during a call
_clockwait = getattr(_libc, "sem_clockwait", None)  # since glibc 2.30
_CLOCK = time.CLOCK_REALTIME if _clockwait is None else time.CLOCK_MONOTONIC

SIZE = 64  # bytes; sem_t has 32 on 64-bit Linux; a cache line for each
MAXIMUM = (1 << 31) - 1


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


def _fail(what):
    number = ctypes.get_errno()
    raise OSError(number, "%s: %s" % (what, os.strerror(number)))


class Semaphore:
    """The semaphore at an offset of a memory that supports the buffer protocol.

    release must be called before the memory is unmapped: Python does not unmap memory
    that is still referenced.
    """

    def __init__(self, memory, offset):
        self.place = (ctypes.c_char * SIZE).from_buffer(memory, offset)
        self.sem = ctypes.byref(self.place)

    def initialise(self, value):
        if _libc.sem_init(self.sem, 1, value) < 0:  # 1: for other processes too
            _fail("sem_init")

    def acquire(self, timeout):
        """Takes a permit; False when the time is up. A signal does not end the wait."""
        if timeout is None:
            take, limit = _libc.sem_wait, ()
        elif timeout <= 0:
            take, limit = _libc.sem_trywait, ()
        else:
            take, limit = _wait_until, (time.clock_gettime(_CLOCK) + timeout,)
        while take(self.sem, *limit) < 0:
            number = ctypes.get_errno()
            if number in (errno.EAGAIN, errno.ETIMEDOUT):
                return False
            if number != errno.EINTR:
                _fail("sem_wait")
        return True

    def post(self):
        if _libc.sem_post(self.sem) < 0:
            _fail("sem_post")

    def release(self):
        self.place = self.sem = None


def _wait_until(sem, end):
    until = _Time(int(end), int(end % 1 * 1e9))
    if _clockwait is None:
        return _libc.sem_timedwait(sem, ctypes.byref(until))
    return _clockwait(sem, _CLOCK, ctypes.byref(until))
