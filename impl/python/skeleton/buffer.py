"""A bounded buffer between two processes: one puts items in, the other gets them
out, in the same order.

Fill in the methods that raise NotImplementedError. ipckit starts several
processes of this program, so nothing can pass from one to the other but through
memory that they share: an attribute of an object is this process's own. After
each step run

    ipckit check .

A good order: create and open; put and get with a timeout of 0; waiting; detach
and unlink, without which nothing passes, because whatever stays behind counts.
"""

import mmap
import os

import _posixshmem  # shm_open(name, flags, mode=...) and shm_unlink(name)
import ipckit


class Buffer:
    """What one process holds of a buffer.

    What belongs to both lies in the memory. Where does the next item go, and
    where is the oldest? How do you tell a full buffer from an empty one? Which of
    these does each side write, and what keeps the other from seeing half of it?
    """

    def __init__(self, memory):
        self.memory = memory

    @classmethod
    def create(cls, name, capacity, item_max):
        """Make a new buffer under a name such as "/ring".

        shm_open with O_CREAT and O_EXCL, os.ftruncate, mmap.mmap; fresh memory
        reads zero. Refuse a shape that makes no sense, such as a capacity of -1,
        by ValueError; and if anything fails after shm_open, remove the name again.
        What shm_open raises may go on to the caller.
        """
        raise NotImplementedError  # ... return cls(memory)

    @classmethod
    def open(cls, name):
        """Attach to a buffer that another process has made.

        The other may still be at it: what do you see between its shm_open and its
        ftruncate? Raise FileNotFoundError then.

        multiprocessing.shared_memory looks simpler, but it removes the name as
        soon as a process ends that has opened it, unless track=False.
        """
        raise NotImplementedError

    @staticmethod
    def unlink(name):
        """Remove the name, so that nothing stays behind in /dev/shm."""
        raise NotImplementedError

    def put(self, item, timeout):
        """Copy an item, a bytearray, into the buffer.

        If it is full: raise ipckit.Full where timeout is 0; where it is None go on
        once there is room. The item is overwritten afterwards.
        """
        raise NotImplementedError

    def get(self, room, timeout):
        """Take the oldest item out, which frees its slot, and return it as bytes.

        If there is none: raise ipckit.Empty where timeout is 0; where it is None
        go on once there is one.
        """
        raise NotImplementedError

    def detach(self):
        """Give back what this process holds: self.memory.close(). Items stay."""
        raise NotImplementedError


ipckit.serve("my-buffer", "0.1", one_to_one=Buffer)
