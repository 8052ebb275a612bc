"""Bounded buffers: the solution with semaphores of Silberschatz, Galvin, Gagne,
Operating System Concepts, 7.1.1, in shared memory.

free counts the empty slots and used the full ones; a process that must wait sleeps
in one of them. The semaphores also make an item's bytes visible to the other side:
the slot is written before the post of used, and read after the wait for it.
"""

import struct

import ipckit

from region import Region
from semaphore import SIZE as SEMAPHORE
from semaphore import Semaphore

CAPACITY_MAX = 1 << 16  # items
ITEM_MAX = 1 << 16  # bytes
READY = 0x59505249  # written last, when the buffer is complete

# Words of 64 bits at the start of the memory, and then the semaphores.
STATE, CAPACITY, ITEM, IN, OUT = range(5)
SEMAPHORES = 64
SLOTS = SEMAPHORES + 3 * SEMAPHORE
LENGTH = struct.Struct("=Q")  # of an item, before its bytes


class OneToOne:
    """One producer and one consumer: each writes one index."""

    def __init__(self, region):
        self.region = region
        # struct.pack_into writes a word in pieces, which another process may see; a
        # memoryview writes an element as a whole.
        self.words = memoryview(region.memory)[:SEMAPHORES].cast("Q")
        self.free, self.used, self.mutex = (
            Semaphore(region.memory, SEMAPHORES + i * SEMAPHORE) for i in range(3)
        )

    @classmethod
    def create(cls, name, capacity, item_max):
        if not (1 <= capacity <= CAPACITY_MAX and 0 <= item_max <= ITEM_MAX):
            raise ValueError("want 1 to %d items of 0 to %d bytes" % (CAPACITY_MAX, ITEM_MAX))
        buffer = cls(Region.create(name, SLOTS + capacity * cls.stride(item_max)))
        buffer.free.initialise(capacity)
        buffer.used.initialise(0)
        buffer.mutex.initialise(1)
        buffer.words[CAPACITY], buffer.words[ITEM] = capacity, item_max
        buffer.words[STATE] = READY
        return buffer

    @classmethod
    def open(cls, name):
        region = Region.open(name)
        buffer = None
        if region.size() > SLOTS:
            buffer = cls(region)
            if buffer.words[STATE] == READY:
                return buffer
            buffer.detach()
        else:
            region.detach()
        raise FileNotFoundError("%s is being created" % name)

    @staticmethod
    def unlink(name):
        Region.unlink(name)

    @staticmethod
    def stride(item_max):
        return LENGTH.size + (item_max + 7) // 8 * 8

    def slot(self, index):
        """The offset of a slot. Indices are never reset, and reduced here."""
        return SLOTS + index % self.words[CAPACITY] * self.stride(self.words[ITEM])

    def put(self, item, timeout):
        if len(item) > self.words[ITEM]:
            raise ipckit.TooLarge("an item of %d bytes, the largest is %d" % (len(item), self.words[ITEM]))
        if not self.free.acquire(timeout):
            raise ipckit.Full() if timeout == 0 else ipckit.Timeout()
        self.append(item)
        self.used.post()

    def append(self, item):
        index = self.words[IN]
        at = self.slot(index)
        LENGTH.pack_into(self.region.memory, at, len(item))
        self.region.memory[at + LENGTH.size : at + LENGTH.size + len(item)] = item
        self.words[IN] = index + 1

    def get(self, room, timeout):
        if not self.used.acquire(timeout):
            raise ipckit.Empty() if timeout == 0 else ipckit.Timeout()
        try:
            item = self.take(room)
        except ipckit.TooLarge:
            self.used.post()  # the item is still inside
            raise
        self.free.post()
        return item

    def take(self, room):
        index = self.words[OUT]
        at = self.slot(index)
        (length,) = LENGTH.unpack_from(self.region.memory, at)
        if length > room:
            raise ipckit.TooLarge("an item of %d bytes, room for %d" % (length, room))
        item = self.region.memory[at + LENGTH.size : at + LENGTH.size + length]
        self.words[OUT] = index + 1
        return item

    def detach(self):
        for semaphore in (self.free, self.used, self.mutex):
            semaphore.release()
        self.words.release()
        self.region.detach()


class Many(OneToOne):
    """Many producers and consumers: the mutex guards the indices and the slots.

    A consumer takes a permit of used before it takes an item. In between, a get that
    may not wait raises Empty although an item is inside: the claims say
    `empty: relaxed`.
    """

    def append(self, item):
        self.mutex.acquire(None)
        try:
            super().append(item)
        finally:
            self.mutex.post()

    def take(self, room):
        self.mutex.acquire(None)
        try:
            return super().take(room)
        finally:
            self.mutex.post()
