"""A bounded buffer between two processes: one puts items in, the other gets them
out, in the same order.

Fill in the methods that raise NotImplementedError. ipckit starts several
processes of this program, which share nothing but the memory that they map: an
attribute of an object belongs to one process. After each step run

    ipckit check .

A good order: create and open; put and get with a timeout of 0; waiting; detach
and unlink, without which no check passes, because leftovers count as failures.
"""

import mmap
import os

import _posixshmem  # shm_open(name, flags, mode=...) and shm_unlink(name)
import ipckit


class Buffer:
    """What one process holds of a buffer.

    What both processes need lies in the memory. Where does the next item go, and
    where is the oldest? How do you tell a full buffer from an empty one? Which of
    these does each side write, and what keeps the other from seeing half of it?
    """

    def __init__(self, memory):
        self.memory = memory

    @classmethod
    def create(cls, name, capacity, item_max):
        """Make a new buffer under a name such as "/ring".

        shm_open with O_CREAT and O_EXCL, os.ftruncate, mmap.mmap; new memory reads
        zero. Refuse a shape that makes no sense, such as a capacity of -1, by
        ValueError; if anything fails after shm_open, remove the name again. Let
        exceptions of shm_open pass.
        """
        raise NotImplementedError  # ... return cls(memory)

    @classmethod
    def open(cls, name):
        """Attach to a buffer that another process has made.

        Its creator may not have finished: what do you see between its shm_open and
        its ftruncate? Raise FileNotFoundError then.

        multiprocessing.shared_memory looks simpler, but unless track=False it removes
        the name as soon as one process that has opened it ends.
        """
        raise NotImplementedError

    @staticmethod
    def unlink(name):
        """Remove the name, so that nothing stays behind in /dev/shm."""
        raise NotImplementedError

    def put(self, item, timeout):
        """Copy an item, a bytearray, into the buffer.

        If it is full: raise ipckit.Full if timeout is 0; if it is None, wait until
        there is room. The item is overwritten after the call.
        """
        raise NotImplementedError

    def get(self, room, timeout):
        """Take the oldest item out, which frees its slot, and return it as bytes.

        If there is none: raise ipckit.Empty if timeout is 0; if it is None, wait
        until there is one.
        """
        raise NotImplementedError

    def detach(self):
        """Give back what this process holds: self.memory.close(). Items stay."""
        raise NotImplementedError


ipckit.serve("my-buffer", "0.1", one_to_one=Buffer)
