"""Regions over POSIX shared memory: shm_open(3) and mmap(2).

multiprocessing.shared_memory cannot be used. Its resource tracker removes the name
of every region that a process has opened as soon as that process ends. (Python 3.13
has track=False against that.)
"""

import mmap
import os

import _posixshmem  # what multiprocessing.shared_memory is made of


class Region:
    """An object of shm_open of the size that was asked for.

    Between shm_open and the call that sets its size it exists with size 0: an open
    then raises FileNotFoundError.
    """

    def __init__(self, fd, read_only=False):
        self.read_only = read_only
        size = os.fstat(fd).st_size
        if size == 0:
            raise FileNotFoundError("it is being created")
        access = mmap.ACCESS_READ if read_only else mmap.ACCESS_WRITE
        self.memory = mmap.mmap(fd, size, access=access)

    @classmethod
    def create(cls, name, size):
        if not 0 < size < 1 << 62:
            raise ValueError("a region of %d bytes" % size)
        fd = _posixshmem.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
        try:
            # Unlike ftruncate this takes the memory now: if there is too little,
            # this call fails, and no later access ends by SIGBUS. The size changes
            # in one step.
            os.posix_fallocate(fd, 0, size)
            return cls(fd)
        except BaseException:
            _posixshmem.shm_unlink(name)
            raise
        finally:
            os.close(fd)  # the mapping keeps the object

    @classmethod
    def open(cls, name, read_only=False):
        fd = _posixshmem.shm_open(name, os.O_RDONLY if read_only else os.O_RDWR, mode=0)
        try:
            return cls(fd, read_only)
        finally:
            os.close(fd)

    @staticmethod
    def unlink(name):
        _posixshmem.shm_unlink(name)

    def size(self):
        return len(self.memory)

    def inside(self, offset, n):
        # A negative index would count from the end.
        if offset < 0 or n < 0 or offset + n > len(self.memory):
            raise ValueError("%d bytes at %d of a region of %d" % (n, offset, len(self.memory)))

    def read(self, offset, n):
        self.inside(offset, n)
        return self.memory[offset : offset + n]

    def write(self, offset, data):
        if self.read_only:
            raise PermissionError("the region was opened read-only")
        self.inside(offset, len(data))
        self.memory[offset : offset + len(data)] = data

    def detach(self):
        self.memory.close()
