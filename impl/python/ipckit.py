"""ipckit.py: the way by which ipckit checks an implementation in Python.

Write a class for each thing that you implement, and pass the classes to serve:

    import ipckit

    class Ring:                             # a bounded buffer
        @classmethod
        def create(cls, name, capacity, item_max): ...
        @classmethod
        def open(cls, name): ...
        @staticmethod
        def unlink(name): ...
        def put(self, item, timeout): ...
        def get(self, room, timeout): ...
        def detach(self): ...

    ipckit.serve("my-ring", "1.0", one_to_one=Ring)

Start the program from the claims file, ipckit.yaml, in the same directory:

    agent: python3 ring.py

ipckit starts several processes of that program, sends each one commands, and
compares the results with what ipckit.yaml claims. This module needs Python 3.9
or newer and nothing else. ipckit puts it on PYTHONPATH, so you need no copy; a
copy beside the program takes precedence.

In one process all methods are called from the main thread, one after the other;
only cancel is called from another thread. The processes may share nothing but
the objects that they create and open by name. create, open and unlink are called
on the class, the other methods on the object that create or open returned.

name is a str such as "/name", as for shm_open; unusual names must work or raise
an exception. Sizes and capacities are ints, and ipckit tries negative and huge
ones, which must raise an exception, such as ValueError. A create that fails must
leave no name behind.

A region (serve's region=) has

    create(name, size)      a new region of size bytes, all zero; FileExistsError
                            if the name exists
    open(name, read_only)   an existing region, for reading alone if read_only is
                            True; FileNotFoundError if there is none, or if it is
                            not complete yet
    unlink(name)            removes the name; attached processes keep the region
    size()                  the size in bytes: at least the one of create, and the
                            same in every process
    read(offset, n)         the n bytes from offset (bytes), as a bytes object
    write(offset, data)     writes data, a bytearray, at offset. read and write
                            raise an IndexError or ValueError if any byte lies
                            outside of the region
    detach()                gives back the mapping and the descriptors; the region
                            stays

A bounded buffer (one_to_one=, many=, or both) has

    create(name, capacity, item_max)
                            a new buffer for capacity items (or bytes, if claimed)
                            of up to item_max bytes each; FileExistsError
    open(name)              an existing buffer; FileNotFoundError
    unlink(name)            removes the name
    put(item, timeout)      appends a copy of item, a bytearray: its bytes are
                            overwritten after the call. Raises Full, Timeout,
                            Closed, PeerDead; TooLarge above item_max
    get(room, timeout)      removes and returns the oldest item, a bytes object.
                            Raises Empty, Timeout, PeerDead; Closed once the buffer
                            is also empty; TooLarge if the item has more than room
                            bytes, and then it stays
    detach()                gives back what this process holds; the items stay
    close()                 optional: nothing can be put any more, what is inside
                            can still be got, and calls that wait raise Closed
    cancel()                optional: ends the call that another thread of this
                            process is waiting in, which then raises Interrupted

A mailbox (mailbox=) is the same with send for put and receive for get.

A class of buffers or mailboxes with the attribute `presets = True` is created by
create(name, capacity, item_max, start=n) where a check wants its indices, if they
are never reset, to begin at n.

timeout is None (wait for ever), 0 (do not wait), or a number of seconds. A signal
does not end a wait.

An error is an exception: one of this module, or one of Python's own, such as
FileExistsError or TimeoutError. Each has a
kind, which reports show; that of an OSError follows from its errno. A method that raises NotImplementedError is
reported as not written yet, and any other exception as "io", with its line.
"""

import array
import base64
import errno
import faulthandler
import fcntl
import functools
import json
import mmap
import os
import queue
import signal
import struct
import sys
import threading
import time
import traceback

if sys.version_info < (3, 9):
    sys.exit("ipckit.py needs Python 3.9 or newer; this is %s, %s" % (sys.version.split()[0], sys.executable))

__all__ = [
    "Closed", "Empty", "Error", "Full", "Interrupted", "OwnerDead", "PeerDead", "Timeout", "TooLarge", "serve",
]

# --- What an implementation raises ---


class Error(Exception):
    """An operation failed."""

    kind = "io"  # the error in ipckit's protocol


class Full(Error):
    """There is no room, and the call may not wait."""

    kind = "full"


class Empty(Error):
    """There is no item, and the call may not wait."""

    kind = "empty"


class Timeout(Error):
    """The time is up."""

    kind = "timeout"


class Closed(Error):
    """The buffer is closed; get: and empty."""

    kind = "closed"


class TooLarge(Error):
    """The item is larger than item_max, or than room."""

    kind = "too-large"


class PeerDead(Error):
    """The process at the other end has died."""

    kind = "peer-dead"


class OwnerDead(Error):
    """Granted; the last owner died while it was inside."""

    kind = "owner-dead"


class Interrupted(Error):
    """The operation was cancelled."""

    kind = "interrupted"


class _Invalid(Error):
    kind = "invalid"


class _Unsupported(Exception):
    """The implementation does not have this operation or argument."""


_KINDS = {
    errno.EEXIST: "exists", errno.ENOENT: "not-found", errno.ETIMEDOUT: "timeout", errno.EMSGSIZE: "too-large",
    errno.EPIPE: "closed", errno.EACCES: "permission", errno.EPERM: "permission",
    errno.EINVAL: "invalid", errno.EFBIG: "invalid", errno.EOVERFLOW: "invalid", errno.ENAMETOOLONG: "invalid",
    errno.EISDIR: "invalid", errno.ENOTDIR: "invalid",
    errno.ENOMEM: "no-space", errno.ENOSPC: "no-space", errno.EMFILE: "no-space", errno.ENFILE: "no-space",
    errno.EOWNERDEAD: "owner-dead", errno.ENOTRECOVERABLE: "owner-dead",
    errno.EINTR: "interrupted", errno.ECANCELED: "interrupted",
}

# Exceptions that the program raises itself have no errno.
_CLASSES = (
    (FileExistsError, "exists"), (FileNotFoundError, "not-found"), (PermissionError, "permission"),
    (TimeoutError, "timeout"), (BrokenPipeError, "closed"), (InterruptedError, "interrupted"),
    (queue.Full, "full"), (queue.Empty, "empty"), (MemoryError, "no-space"), (ValueError, "invalid"),
    (OverflowError, "invalid"), (IndexError, "invalid"), (struct.error, "invalid"),
)


def _refusal(error):
    """The kind and the text by which a reply reports an exception."""
    if isinstance(error, Error):
        return error.kind, str(error) or type(error).__doc__
    frame = _place(error)
    line = "line %d of %s" % (frame.lineno, os.path.basename(frame.filename))
    if isinstance(error, NotImplementedError):
        return "io", "not written yet: %s, %s" % (frame.name, line)
    text = "%s: %s (%s)" % (type(error).__name__, error, line)
    for known, kind in _CLASSES:
        if isinstance(error, known):
            return kind, text
    if isinstance(error, OSError):
        return _KINDS.get(error.errno, "io"), text
    # Probably a mistake in the program: the traceback shows where.
    traceback.print_exception(type(error), error, error.__traceback__)
    return "io", text


def _place(error):
    """The innermost frame of an exception outside of this file."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f for f in reversed(frames) if f.filename != __file__), frames[-1])


# --- Payloads: the agents of all languages generate the same bytes ---

_WORD = (1 << 64) - 1
_OVERWRITTEN = 0xEE  # the bytes of an item after the call that put it


def _splitmix64(x):
    x = (x + 0x9E3779B97F4A7C15) & _WORD
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _WORD
    return x ^ (x >> 31)


_CHUNK = 512  # words that are generated at a time


@functools.lru_cache(maxsize=None)
def _lanes(n):
    """One integer of n lanes of 128 bits: ones, their numbers, and masks of 64.

    Python multiplies integers of any length at the machine's speed. A product of
    two 64-bit words fits a lane, so many words are generated by few operations.
    """
    ones = int.from_bytes((b"\1" + bytes(15)) * n, "little")
    numbers = int.from_bytes(b"".join(i.to_bytes(16, "little") for i in range(n)), "little")
    return ones, numbers, ones * _WORD


def _payload(size, seed):
    """Word i, little-endian, is splitmix64(seed + i); the last one is cut."""
    words = array.array("Q")
    total = (size + 7) // 8
    for first in range(0, total, _CHUNK):
        n = min(_CHUNK, total - first)
        wide = 1 << (n - 1).bit_length()
        ones, numbers, mask = _lanes(wide)
        x = (((seed + first + 0x9E3779B97F4A7C15) & _WORD) * ones + numbers) & mask
        x = ((x ^ (x >> 30 & mask)) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ (x >> 27 & mask)) * 0x94D049BB133111EB) & mask
        x ^= x >> 31 & mask
        lanes = array.array("Q", x.to_bytes(16 * wide, "little"))
        words.extend(lanes[0 : 2 * n : 2])
    return bytearray(words.tobytes()[:size])


def _item_seed(seed, i):
    return _splitmix64(seed ^ _splitmix64(i & _WORD))


def _item_size(seed, i, low, high):
    if high <= low:
        return low
    return low + _item_seed((seed + 1) & _WORD, i) % (high - low + 1)


def _hash(data):
    """FNV-1a with 64 bits."""
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & _WORD
    return "%016x" % h


# --- Requests ---

_MAX_DATA = (12 << 20) - 4096  # bytes in a reply, whose line must stay below 16 MiB
_MAX_GENERATED = 1 << 30


# The fields of a request, and the type of each.
_FIELDS = {
    "id": int, "op": str, "object": str, "name": str, "kind": str, "capacity": int, "item_max": int, "start": int,
    "size": int, "read_only": bool, "offset": int, "data": str, "seed": int, "digest": bool, "wait": (int, str),
    "role": str, "count": int, "size_min": int, "size_max": int, "scratch": str, "index": int,
    "initial": int, "maximum": int, "value": int, "expected": int, "party": str,
    "history": str, "tries": int, "think": int,
    "back": str, "offset_back": int, "warm": int, "batch": int, "every": int, "samples": str,
}


def _check_fields(request):
    if not request["op"]:
        raise _Invalid("a command needs an op")
    for name, value in request.items():
        wanted = _FIELDS.get(name)
        if wanted is None:
            raise _Unsupported("the field " + name)
        if not isinstance(value, wanted) or isinstance(value, bool) and wanted is not bool:
            raise _Invalid("field %s is %.40r" % (name, value))


def _need(request, name):
    """The integer in a field that the request must have."""
    value = request.get(name)
    if type(value) is not int:
        raise _Invalid("%s needs %s" % (request["op"], name))
    return value


def _timeout(request):
    wait = request.get("wait", "forever")
    if wait == "forever":
        return None
    if wait == "never":
        return 0
    if type(wait) is not int or wait < 1:
        raise _Invalid("wait %r: want forever, never or milliseconds" % (wait,))
    return wait / 1000


def _carried(request):
    """The payload that a request carries, or describes by size and seed."""
    if "data" in request:
        return bytearray(base64.b64decode(request["data"], validate=True))
    size, seed = _need(request, "size"), _need(request, "seed")
    if not 0 <= size <= _MAX_GENERATED:
        raise _Invalid("a payload of %d bytes cannot be generated; the most is %d" % (size, _MAX_GENERATED))
    return _payload(size, seed & _WORD)


def _answer(request, data):
    """The fields of a reply with the bytes that were read."""
    if request.get("digest"):
        return {"size": len(data), "hash": _hash(data)}
    if len(data) > _MAX_DATA:
        raise _Invalid("%d bytes do not fit into a reply; ask for a digest" % len(data))
    return {"data": base64.b64encode(data).decode("ascii")}


def _check_bytes(what, data, room):
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise Error("%s returned %s; it must return bytes" % (what, type(data).__name__))
    data = bytes(data)
    if len(data) > room:
        raise Error("%s returned %d bytes, where there is room for %d" % (what, len(data), room))
    return data


# --- Operations, carried out by the main thread one after the other ---


def _name(request):
    if "name" not in request:
        raise _Invalid("%s needs name" % request["op"])
    if "\0" in request["name"]:
        raise _Invalid("a name cannot contain a NUL")
    return request["name"]


class _Handle:
    """An object, which ipckit's requests name by a handle that it chose."""

    def __init__(self, family, thing, item_max=0):
        self.family, self.thing, self.item_max = family, thing, item_max


_DEFAULT_ITEM_MAX = 64 << 10

# The operations of a family, and the methods for them.
_QUEUES = {
    "buffer": {"put": "put", "get": "get", "close": "close", "detach": "detach"},
    "mailbox": {"send": "send", "receive": "receive", "close": "close", "detach": "detach"},
}


class _Operations:
    def __init__(self, regions, one_to_one, many, mailboxes):
        self.regions, self.mailboxes = regions, mailboxes
        self.buffers = {kind: c for kind, c in (("one-to-one", one_to_one), ("many", many)) if c is not None}
        self.handles = {}
        self.call = _call
        self.finished = 0

    def do(self, request):
        """Carries out one operation and returns the fields of the reply."""
        op = request["op"]
        family, _, verb = op.partition(".")
        if family == "region" and self.regions is not None:
            return self.region(request, verb)
        if family in _QUEUES:
            return self.queue(request, family, verb)
        if op == "workload":
            return self.workload(request)
        raise _Unsupported(op)

    def method(self, thing, name, request):
        found = getattr(thing, name, None)
        if found is None:
            raise _Unsupported(request["op"])
        return found

    def make(self, request, family, make, *args, **more):
        handle = request.get("object")
        if not handle:
            raise _Invalid("%s needs object, the handle to give" % request["op"])
        if handle in self.handles:
            raise _Invalid("the handle %r is in use" % handle)
        thing = self.call(make, *args, **more)
        if thing is None:
            raise Error("%s returned None; it must return the object" % request["op"])
        self.handles[handle] = _Handle(family, thing, request.get("item_max") or _DEFAULT_ITEM_MAX)
        return {}

    def held(self, request, family):
        handle = self.handles.get(request.get("object"))
        if handle is None:
            raise _Invalid("there is no object with the handle %r" % request.get("object"))
        if handle.family != family:
            raise _Invalid("%s of a %s" % (request["op"], handle.family))
        return handle

    # Regions

    def region(self, request, verb):
        if verb in ("create", "open", "unlink"):
            return self.name_region(request, verb)
        if verb not in ("size", "read", "write", "close"):
            raise _Unsupported(request["op"])
        region = self.held(request, "region").thing
        method = self.method(region, "detach" if verb == "close" else verb, request)
        if verb == "size":
            return {"size": self.call(method)}
        if verb == "close":
            del self.handles[request["object"]]
            self.call(method)
            return {}
        offset = _need(request, "offset")
        if verb == "write":
            data = _carried(request)
            self.call(method, offset, data)
            data[:] = bytes([_OVERWRITTEN]) * len(data)
            return {}
        n = _need(request, "size")
        if not 0 <= n <= _MAX_GENERATED:
            raise _Invalid("%d bytes cannot be read at once; the most is %d" % (n, _MAX_GENERATED))
        data = _check_bytes("read", self.call(method, offset, n), n)
        if len(data) != n:
            raise Error("read gave %d bytes of %d" % (len(data), n))
        return _answer(request, data)

    def name_region(self, request, verb):
        method = self.method(self.regions, verb, request)
        if verb == "create":
            return self.make(request, "region", method, _name(request), _need(request, "size"))
        if verb == "open":
            return self.make(request, "region", method, _name(request), bool(request.get("read_only")))
        self.call(method, _name(request))
        return {}

    # Buffers and mailboxes

    def queue(self, request, family, verb):
        if verb in ("create", "open", "unlink"):
            return self.name_queue(request, family, verb)
        if verb not in _QUEUES[family]:
            raise _Unsupported(request["op"])
        handle = self.held(request, family)
        method = self.method(handle.thing, verb, request)
        if verb in ("close", "detach"):
            if verb == "detach":
                del self.handles[request["object"]]
            self.call(method)
            return {}
        timeout = _timeout(request)
        if verb in ("put", "send"):
            item = _carried(request)
            try:
                self.call(method, item, timeout)
            finally:
                item[:] = bytes([_OVERWRITTEN]) * len(item)
            return {}
        room = request.get("item_max", handle.item_max)
        if type(room) is not int or not 0 <= room <= _MAX_GENERATED:
            raise _Invalid("item_max %r: want 0 to %d" % (room, _MAX_GENERATED))
        return _answer(request, _check_bytes(verb, self.call(method, room, timeout), room))

    def name_queue(self, request, family, verb):
        made = self.mailboxes if family == "mailbox" else self.buffers_of(request)
        if made is None:
            raise _Unsupported(request["op"])
        method = self.method(made, verb, request)
        if verb == "unlink":
            self.call(method, _name(request))
            return {}
        if verb == "open":
            return self.make(request, family, method, _name(request))
        more = {}
        if request.get("start"):
            if not getattr(made, "presets", False):
                raise _Unsupported("start")
            more["start"] = request["start"]
        capacity, item_max = _need(request, "capacity"), _need(request, "item_max")
        return self.make(request, family, method, _name(request), capacity, item_max, **more)

    def buffers_of(self, request):
        kind = request.get("kind") or next(iter(self.buffers), None)
        if kind not in self.buffers:
            raise _Unsupported("%s of kind %s" % (request["op"], kind))
        return self.buffers[kind]

    # Workloads: many items by one command

    def workload(self, request):
        handle = self.handles.get(request.get("object"))
        if handle is None:
            raise _Invalid("there is no object with the handle %r" % request.get("object"))
        if handle.family == "region":
            raise _Unsupported("workload on words")  # Python has no atomic words
        role = request.get("role")
        if role in _MEASURED:
            return self.measure(request, handle)
        put, get = ("send", "receive") if handle.family == "mailbox" else ("put", "get")
        if role not in (put, get):
            raise _Invalid("role %r does not fit a %s" % (role, handle.family))
        load = _Load(request)
        method = self.method(handle.thing, role, request)
        if request.get("history"):
            return self.record(request, method, load, role == put, handle.item_max)
        run = self.put_all if role == put else self.get_all
        tally = _Tally(request)
        try:
            return run(method, load, _timeout(request), max(load.high, handle.item_max), tally)
        finally:
            tally.close()

    def put_all(self, put, load, timeout, _, tally):
        done = 0
        try:
            for done in range(load.count):
                item = load.item(done)
                tally.began(done + 1)
                put(item, timeout)
                tally.ended(done + 1)
                item[:] = bytes([_OVERWRITTEN]) * len(item)
                self.finished += 1
        except Exception as error:
            raise _Stopped(error, {"done": done}) from error
        return {"done": load.count}

    def get_all(self, get, load, timeout, room, tally):
        result = {"done": 0, "wrong": 0}
        try:
            for i in range(load.count):
                tally.began(i + 1)
                item = _check_bytes("get", get(room, timeout), room)
                if item == load.item(i):
                    tally.ended(i + 1 - result["wrong"])
                else:
                    if result["wrong"] == 0:
                        result["wrong_at"], result["wrong_text"] = i, load.describe(item, i)
                    result["wrong"] += 1
                result["done"] += 1
                self.finished += 1
        except Exception as error:
            raise _Stopped(error, result) from error
        return result

    def measure(self, request, handle):
        """A workload whose steps are timed."""
        back = self.handles.get(request["back"]) if "back" in request else handle
        if back is None or back.family != handle.family:
            raise _Invalid("back: there is no %s with the handle %r" % (handle.family, request["back"]))
        put, get = ("send", "receive") if handle.family == "mailbox" else ("put", "get")
        measured = _Measured(
            request, self.method(handle.thing, put, request), self.method(back.thing, get, request), back.item_max)
        try:
            measured.run(self)
            return dict(measured.result)
        except Exception as error:
            raise _Stopped(error, measured.result) from error
        finally:
            measured.close()

    def record(self, request, method, load, sends, item_max):
        """A workload whose operations are recorded, for a checker to judge."""
        recorded = _Recorded(request, load)
        try:
            step = recorded.sending(method) if sends else recorded.receiving(method, max(load.high, item_max))
            while recorded.done < load.count and step():
                self.finished += 1
                recorded.pause()
            return dict(recorded.result)
        except Exception as error:
            raise _Stopped(error, recorded.result) from error
        finally:
            recorded.recorder.close()


class _Tally:
    """How many items were begun and how many are done, in words 6 and 7 of this
    process, where the kit reads them after it has killed the process: see the field
    scratch in the protocol's schema."""

    def __init__(self, request):
        self.words = self.memory = None
        if not request.get("scratch"):
            return
        index = request.get("index")
        if index is None or not 0 <= index < 32:
            raise _Invalid("process %s: want an index of 0 to 31" % index)
        try:
            with open(request["scratch"], "r+b") as file:
                self.memory = mmap.mmap(file.fileno(), 4096)
        except (OSError, ValueError) as error:
            raise _Invalid("scratch: %s" % error) from error
        self.words, self.at = memoryview(self.memory).cast("Q"), 64 + 8 * index

    def began(self, number):
        if self.words is not None:
            self.words[self.at + 6] = number

    def ended(self, number):
        if self.words is not None:
            self.words[self.at + 7] = number

    def close(self):
        if self.words is not None:
            self.words.release()
            self.memory.close()


class _Stopped(Exception):
    """An error ended a workload; so_far has the fields of the reply about its progress."""

    def __init__(self, error, so_far):
        super().__init__(str(error))
        self.error, self.so_far = error, so_far


class _Load:
    """The items of a workload."""

    NEARBY = 100_000  # items before and after the expected one among which describe looks

    def __init__(self, request):
        self.count, self.seed = _need(request, "count"), _need(request, "seed") & _WORD
        self.low, self.high = _need(request, "size_min"), _need(request, "size_max")
        if not (self.count >= 0 and 0 <= self.low <= self.high <= _MAX_GENERATED):
            raise _Invalid("%d items of %d to %d bytes make no sense" % (self.count, self.low, self.high))

    def size(self, i):
        return _item_size(self.seed, i, self.low, self.high)

    def item(self, i):
        return _payload(self.size(i), _item_seed(self.seed, i))

    def describe(self, got, i):
        """Describes what was received instead of item i."""
        j = self.find(got, i)
        if j is not None:
            return "item %d is item %d" % (i, j)
        want = self.item(i)
        if len(got) != len(want):
            return "length %d, expected %d" % (len(got), len(want))
        if got == bytes([_OVERWRITTEN]) * len(got):
            return "the sender's buffer as it was after the call: no copy was made"
        at = next(k for k in range(len(got)) if got[k] != want[k])
        return "a byte differs at offset %d: %#04x, expected %#04x" % (at, got[at], want[at])

    def find(self, got, i):
        if len(got) < 8:
            return None  # so few bytes are the same too often by chance
        word = int.from_bytes(got[:8], "little")
        for distance in range(1, min(self.count, self.NEARBY)):
            for j in (i - distance, i + distance):
                if 0 <= j < self.count and _splitmix64(_item_seed(self.seed, j)) == word and self.item(j) == got:
                    return j
        return None


# --- Workloads whose steps are timed: see the measured roles in the protocol's schema ---

_MEASURED = ("ping", "pong", "stream", "drain", "paced", "arrive")
_MIXER = 0x9E3779B97F4A7C15
_UNMIXER = 0xF1DE83E19937733D  # its inverse modulo 2^64
_PAGE = 4096


class _MeasuredItems:
    """The items of one direction, one after the other."""

    def __init__(self, size, seed, every):
        self.size, self.mix, self.every = size, seed * _MIXER & _WORD, every
        self.moving, self.period = 0, min(size // 8, _PAGE // 8) * 8
        self.time = None  # the intended one of the next item

    def words(self):
        """Offset and value of the words of an item of 16 bytes or more."""
        yield 0, self.mix if self.time is None else self.time
        yield self.size - 8, self.mix ^ _WORD
        for number, at in enumerate(range(self.moving, self.size - 15, _PAGE)):
            if at >= 8:
                yield at, self.mix + number + 1 & _WORD

    def write(self, item):
        if self.size < 16:
            short = self.mix.to_bytes(8, "little")[: self.size]
            item[: len(short)] = short
        else:
            for at, value in self.words():
                struct.pack_into("<Q", item, at, value)
        self.next()

    def next(self):
        self.mix = self.mix + _MIXER & _WORD
        self.moving += 8
        if self.moving >= self.period:
            self.moving = 0
        if self.time is not None:
            self.time += self.every

    def wrong(self, item, i):
        """What item is instead of item i; None if it is that one."""
        if len(item) != self.size:
            return "length %d, expected %d" % (len(item), self.size)
        if self.size < 16:
            short = self.mix.to_bytes(8, "little")[: self.size]
            return None if item[: len(short)] == short else "item %d is %s" % (i, item.hex(" "))
        if all(struct.unpack_from("<Q", item, at)[0] == value for at, value in self.words()):
            return None
        end = struct.unpack_from("<Q", item, self.size - 8)[0] ^ _WORD
        distance = (end - self.mix) * _UNMIXER & _WORD
        distance -= 1 << 64 if distance >> 63 else 0
        if distance == 0:
            return "item %d ends as it should and differs before its end: parts of two items" % i
        if abs(distance) <= _Load.NEARBY and i + distance >= 0:
            return "item %d ends as item %d" % (i, i + distance)
        return "item %d ends as no item does" % i


class _Measured:
    """A workload whose steps are timed, a batch at a time. Between two steps nothing of
    the protocol is done."""

    LEAD, OVERSLEEP = 1_000_000, 200_000  # ns until the first paced item; by which a sleep may end late

    def __init__(self, request, put, get, item_max):
        self.put, self.get, self.timeout, self.role = put, get, _timeout(request), request["role"]
        self.count, self.warm, self.batch = _need(request, "count"), request.get("warm", 0), request.get("batch", 1000)
        size, seed = _need(request, "size_min"), _need(request, "seed")
        timed = self.role in ("paced", "arrive")
        every = _need(request, "every") if timed else 0
        if self.count < 0 or self.warm < 0 or self.batch < 1:
            raise _Invalid(
                "%d steps in batches of %d after %d steps make no sense" % (self.count, self.batch, self.warm))
        if size != request.get("size_max") or not (16 if timed else 1) <= size <= _MAX_GENERATED:
            raise _Invalid("role %s moves items of one size: size_min and size_max must be equal" % self.role)
        self.sent, self.got = _MeasuredItems(size, seed, every), _MeasuredItems(size, seed, every)
        self.item, self.room = bytearray([_OVERWRITTEN]) * size, max(size, item_max)
        self.result = {"done": 0}
        if self.role not in ("stream", "paced"):
            self.result["wrong"] = 0
        self.samples = None
        if "samples" in request:
            self.open_samples(request["samples"])

    def open_samples(self, path):
        try:
            with open(path, "r+b") as file:
                self.memory = mmap.mmap(file.fileno(), 0)
        except (OSError, ValueError) as error:
            raise _Invalid("samples: %s" % error) from error
        self.memory[:] = bytes(len(self.memory))
        self.samples, self.sampled = memoryview(self.memory).cast("Q"), 0
        n = self.count if self.role == "arrive" else self.count // self.batch
        if self.count % self.batch or n >= len(self.samples):
            self.close()
            raise _Invalid("count must be a multiple of batch, and the samples must have room")

    def close(self):
        if self.samples is not None:
            self.samples.release()
            self.memory.close()
            self.samples = None

    def sample(self, ns):
        self.sampled += 1
        self.samples[self.sampled] = _little(ns)
        self.samples[0] = _little(self.sampled)

    def run(self, operations):
        """Does the steps; operations counts them."""
        step = getattr(self, self.role)
        self.steps(step, 0, self.warm, operations)
        operations.call(self.steps, step, self.warm, self.warm + self.count, operations)

    def steps(self, step, i, end, operations):
        timed = self.samples is not None and self.role != "arrive" and i == self.warm
        start = time.monotonic_ns()
        while i < end:
            first, to = i, min(i + self.batch, end)
            try:
                while i < to:
                    step(i)
                    i += 1
            finally:
                self.result["done"] = max(i - self.warm, 0)
            now = time.monotonic_ns()
            if timed:
                self.sample(now - start)
            start = now
            operations.finished += to - first

    def stream(self, _):
        self.sent.write(self.item)
        self.put(self.item, self.timeout)

    def drain(self, i):
        item = _check_bytes("get", self.get(self.room, self.timeout), self.room)
        if i == 0 and self.got.every and len(item) >= 8:
            self.got.time = int.from_bytes(item[:8], "little")
        wrong = self.got.wrong(item, i)
        if wrong is not None:
            if self.result["wrong"] == 0:
                self.result["wrong_at"], self.result["wrong_text"] = max(i - self.warm, 0), wrong
            self.result["wrong"] += 1
        self.got.next()
        return item

    def ping(self, i):
        self.stream(i)
        self.drain(i)

    def pong(self, i):
        self.put(bytearray(self.drain(i)), self.timeout)

    def paced(self, i):
        """Puts item i at its intended time, or later if that has passed: the times do
        not move. A sleep ends late, so the last part of a wait is spent awake."""
        if i == 0:
            self.sent.time = time.monotonic_ns() + self.LEAD
        left = self.sent.time - time.monotonic_ns()
        while left > 0:
            if left > 2 * self.OVERSLEEP:
                time.sleep((left - self.OVERSLEEP) / 1e9)
            left = self.sent.time - time.monotonic_ns()
        self.stream(i)

    def arrive(self, i):
        item = self.drain(i)
        if self.samples is not None and i >= self.warm and len(item) >= 8:
            self.sample(time.monotonic_ns() - int.from_bytes(item[:8], "little"))


def _little(value):
    """A word as it lies in a little-endian file, which is written in the machine's order."""
    return int.from_bytes(value.to_bytes(8, "little"), sys.byteorder)


# --- Histories: which operation was called and returned when, for a checker ---


class _Recorder:
    """Writes operations into a mapped file, in the format of ipckit's package history:
    a header of 128 bytes, then 32 bytes for each operation, in 64-bit words. A file
    stays readable if its process is killed: ret is written last, and is 0 before."""

    HEADER, WORDS = 128, 4  # bytes; words of an operation: inv, ret, value, and the rest
    SEND, RECEIVE = 1, 2
    OK, EMPTY, FULL, TIMEOUT, CORRUPT, EOF, FAILED, REFUSED, UNKNOWN = range(9)
    SLACK = 2000  # ns until a store is visible to all processes; Python has no fence

    def __init__(self, path, process, capacity):
        size = self.HEADER + 8 * self.WORDS * capacity
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = bytes.fromhex(file.read().strip().replace("-", ""))
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(self.fd, 0, size)
            self.memory = mmap.mmap(self.fd, size)
        except BaseException:
            os.close(self.fd)
            os.unlink(path)
            raise
        self.header = struct.pack(
            "<8sIIIIIIQII16s", b"ipckhist", 1, self.HEADER, os.getpid(), threading.get_native_id(), process,
            1, capacity, 0, self.SLACK, boot)  # 1: CLOCK_MONOTONIC; 0: no fence
        self.memory[: len(self.header)] = self.header
        self.words = memoryview(self.memory).cast("Q")
        self.first = self.at = self.HEADER // 8  # where the next operation begins
        self.left = capacity

    def begin(self, kind, value):
        self.at += self.WORDS  # the words of this operation are those before at
        self.left -= 1
        self.rest = kind << 48
        self.words[self.at - 2], self.words[self.at - 1] = value, self.rest
        self.words[self.at - 4] = time.monotonic_ns()

    def returned(self):
        """Takes the time at which the operation returned; end may follow later."""
        self.ret = time.monotonic_ns()

    def end(self, status, value=None):
        if value is not None:
            self.words[self.at - 2] = value
        self.words[self.at - 1] = self.rest | status << 56
        self.words[self.at - 3] = self.ret

    def close(self):
        count = (self.at - self.first) // self.WORDS
        self.words[8] = count + 1  # the word after the boot id
        self.words.release()
        self.memory.close()
        os.ftruncate(self.fd, self.HEADER + 8 * self.WORDS * count)
        os.close(self.fd)


def _fill(size, value):
    """The item that stands for a value."""
    if size < 16:
        producer, number = value >> 32, value & 0xFFFFFFFF
        if size < 4 or producer >= 1 << 4 or number >= 1 << 28:
            raise _Invalid("item %d of producer %d does not fit into %d bytes" % (number, producer, size))
        return bytearray((((producer << 28 | number).to_bytes(4, "little")) * 4)[:size])
    pattern = (value + 1) * 0x9E3779B97F4A7C15
    words = ((pattern + i * 0x0101010101010101 & _WORD).to_bytes(8, "little") for i in range((size - 9) // 8))
    item = bytearray(value.to_bytes(8, "little") + bytes(8) + b"".join(words))[:size]
    item[8:16] = _checksum(item).to_bytes(8, "little")
    return item


def _check(item):
    """The value that an item stands for, and whether its bytes are intact."""
    if len(item) < 4:
        return 0, False
    if len(item) < 16:
        packed = int.from_bytes(item[:4], "little")
        whole = item == ((bytes(item[:4])) * 4)[: len(item)]
        return (packed >> 28 << 32 | packed & (1 << 28) - 1, True) if whole else (0, False)
    return int.from_bytes(item[:8], "little"), int.from_bytes(item[8:16], "little") == _checksum(item)


def _checksum(item):
    """FNV-1a over words: the length, the value, and all words after the checksum."""
    h = ((0xCBF29CE484222325 ^ len(item)) * 0x100000001B3) & _WORD
    for at in (0, *range(16, len(item), 8)):
        h = ((h ^ int.from_bytes(item[at : at + 8], "little")) * 0x100000001B3) & _WORD
    h ^= h >> 32
    return (h * 0x9E3779B97F4A7C15) & _WORD


class _Recorded:
    """A workload that is recorded. count operations must take effect; tries is the
    percentage of calls that do not wait, think the longest pause in ns."""

    def __init__(self, request, load):
        import random  # slow to import, and only recorded workloads need it

        self.load, self.timeout = load, _timeout(request)
        self.index, self.tries, self.think = (_need(request, name) for name in ("index", "tries", "think"))
        if not (load.count <= 1 << 24 and 0 <= self.index <= 1 << 16 and 0 <= self.tries <= 100 and self.think >= 0):
            raise _Invalid("a recorded workload of %d steps makes no sense" % load.count)
        self.random = random.Random(load.seed << 32 | self.index)
        self.recorder = _Recorder(request["history"], self.index, 4 * load.count + 64)
        self.result = {"done": 0}

    @property
    def done(self):
        return self.result["done"]

    def pause(self):
        """Pauses for up to think ns, in one of 16 steps; in two others it yields."""
        if self.think == 0:
            return
        what = self.random.randrange(16)
        if what == 0:
            time.sleep(self.random.randrange(self.think) / 1e9)
        elif what < 3:
            os.sched_yield()

    def patience(self):
        """The timeout of the next operation. Operations that do not wait stop when the
        history only has room for those that must take effect."""
        spare = self.recorder.left > 2 * (self.load.count - self.done) + 8
        return 0 if spare and self.random.randrange(100) < self.tries else self.timeout

    def attempt(self, kind, value, operation, timeout):
        """Calls one operation, and records it if it is refused. Returns its result and
        whether it took effect."""
        self.recorder.begin(kind, value)
        try:
            result = operation(timeout)
            self.recorder.returned()
            return result, True
        except Exception as error:
            self.recorder.returned()
            status = self.outcome(_refusal(error)[0], timeout)
            self.recorder.end(status)
            if status == _Recorder.UNKNOWN:
                raise
        if timeout == 0:
            os.sched_yield()  # a polling process must not keep the others from running
        return None, False

    @staticmethod
    def outcome(kind, timeout):
        r = _Recorder
        if kind == "timeout":
            return r.FAILED if timeout == 0 else r.TIMEOUT
        return {"full": r.FULL, "empty": r.EMPTY, "closed": r.EOF}.get(kind, r.UNKNOWN)

    def sending(self, put):
        if self.load.low < 4:
            raise _Invalid("items of %d bytes cannot be told apart: a history needs 4 or more" % self.load.low)

        def step():
            if self.recorder.left == 0:
                return False
            value = self.index + 1 << 32 | self.done
            item = _fill(self.load.size(self.done), value)
            _, granted = self.attempt(_Recorder.SEND, value, lambda timeout: put(item, timeout), self.patience())
            item[:] = bytes([_OVERWRITTEN]) * len(item)
            if granted:
                self.recorder.end(_Recorder.OK)
                self.result["done"] += 1
            return True

        return step

    def receiving(self, get, room):
        """A receiver that may not wait drains what is left: it ends at the first refusal."""
        self.result["wrong"] = 0  # the checker judges, later
        drains = self.timeout == 0

        def step():
            if self.recorder.left == 0:
                return False
            item, granted = self.attempt(_Recorder.RECEIVE, 0, lambda timeout: get(room, timeout), self.patience())
            if not granted:
                return not drains
            try:
                value, whole = _check(_check_bytes("get", item, room))
            except Error:
                self.recorder.end(_Recorder.CORRUPT)
                raise
            self.recorder.end(_Recorder.OK if whole else _Recorder.CORRUPT, value)
            self.result["done"] += 1
            return True

        return step


def _raise(error):
    raise error


# --- Marker calls, which show a tracer where an operation begins and ends ---

_MARK_BEGIN, _MARK_END = 77001, 77002  # system calls that do not exist


def _call(f, *args, **more):
    return f(*args, **more)


def _marked_call():
    import ctypes  # not in every installation

    # PyDLL keeps the interpreter's lock: otherwise the other thread could run
    # between the marker and the operation.
    syscall = ctypes.PyDLL(None).syscall
    begin, end = ctypes.c_long(_MARK_BEGIN), ctypes.c_long(_MARK_END)

    def call(f, *args, **more):
        syscall(begin)
        try:
            return f(*args, **more)
        finally:
            syscall(end)

    return call


# --- The conversation ---


def _channels():
    """The descriptors of commands and replies; children do not inherit them."""
    if os.environ.get("IPCKIT_CONTROL") != "stdio":
        for fd in (3, 4):
            os.set_inheritable(fd, False)
        return 3, 4
    commands, replies = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in (0, 1))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)  # the program's output goes to standard error
    return commands, replies


class _Agent:
    """The main thread carries out operations, since signal handlers run there and some
    modules work there only. Another thread reads the commands, and itself answers
    hello, status, cancel and bye."""

    def __init__(self, hello, operations, commands, replies):
        self.hello, self.operations = hello, operations
        self.commands, self.replies = os.fdopen(commands, "rb", 1 << 16), replies
        self.work = queue.SimpleQueue()
        self.writing = threading.Lock()
        self.busy = None  # the request under way

    def run(self):
        threading.Thread(target=self.control, name="ipckit control", daemon=True).start()
        while True:
            request = self.work.get()
            reply = self.perform(request, self.operations.do)
            self.operations.finished += 1
            self.busy = None
            self.reply(reply)

    def perform(self, request, do):
        """Calls do and makes a reply of what it returns or raises."""
        reply = {"id": request["id"]}
        try:
            reply.update(do(request))
            reply["ok"] = True
        except _Unsupported as lacking:
            reply["unsupported"] = str(lacking)
        except _Stopped as stopped:
            reply.update(stopped.so_far)
            reply["error"], reply["text"] = _refusal(stopped.error)
        except Exception as error:
            reply["error"], reply["text"] = _refusal(error)
        return reply

    def reply(self, reply):
        line = memoryview(json.dumps(reply, separators=(",", ":")).encode("ascii") + b"\n")
        with self.writing:
            while line:
                line = line[os.write(self.replies, line) :]

    def control(self):
        """Reads commands to their end. The process ends with this thread, even if the
        main thread is busy."""
        status = 2
        try:
            for line in self.commands:
                request = self.parse(line)
                if request is not None and self.command(request):
                    break
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def parse(self, line):
        """The request in a line; None if it is not valid, which is answered if it has an
        id."""
        try:
            request = json.loads(line)
            identified = type(request["id"]) is int and request["id"] > 0
        except (ValueError, TypeError, KeyError):
            identified = False
        if not identified:
            print("ipckit agent: a line without a valid id cannot be answered: %.200r" % line, file=sys.stderr)
            return None
        request.setdefault("op", "")
        if request["op"] == "hello":
            return request  # a newer kit may send more fields
        try:
            _check_fields(request)
        except (_Invalid, _Unsupported) as error:
            self.reply(self.perform(request, lambda _, error=error: _raise(error)))
            return None
        return request

    def command(self, request):
        """Answers one command, or passes it to the main thread. True after bye."""
        op = request["op"]
        if op == "bye":
            self.reply({"id": request["id"], "ok": True})
            return True
        if op == "hello":
            if request.get("markers"):
                self.operations.call = _marked_call()
            self.reply(dict(self.hello, id=request["id"], ok=True))
        elif op == "status":
            self.reply(self.status(request))
        elif op == "cancel":
            # cancel is the implementation's own code and may block.
            threading.Thread(target=lambda: self.reply(self.perform(request, self.cancel)), daemon=True).start()
        elif self.busy is not None:
            self.reply({"id": request["id"], "error": "invalid", "text": self.busy["op"] + " is under way"})
        else:
            self.busy = request
            self.work.put(request)
        return False

    def status(self, request):
        reply = {"id": request["id"], "ok": True, "state": "idle", "finished": self.operations.finished}
        busy = self.busy
        if busy is not None:
            reply["state"], reply["busy"] = "busy", busy["op"]
        return reply

    def cancel(self, request):
        busy = self.busy
        if busy is None:
            return {}
        handle = self.operations.handles.get(busy.get("object"))
        cancel = getattr(handle.thing, "cancel", None) if handle else None
        if cancel is None:
            raise _Unsupported("cancel of " + busy["op"])
        cancel()
        return {}


def serve(name, version="", *, region=None, one_to_one=None, many=None, mailbox=None):
    """Carries out ipckit's commands until the process ends; does not return.

    Call it in the main thread, as the last statement of the program. name and version
    are those of ipckit.yaml. The others are classes, as the module's description says;
    None (the default) means that the program has none.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("ipckit.serve must be called in the main thread")
    try:
        commands, replies = _channels()
    except OSError:
        sys.exit(
            "descriptors 3 and 4 are not open: ipckit starts this program with pipes there (ipckit check DIRECTORY); "
            "to type commands yourself, set IPCKIT_CONTROL=stdio"
        )
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # so that output before a SIGKILL is not lost
            stream.reconfigure(line_buffering=True)
    if sys.stderr is not None:
        faulthandler.enable()  # a SIGBUS or SIGSEGV prints the line
    # A handler that does nothing. Python installs it without SA_RESTART, so that
    # system calls fail with EINTR.
    signal.signal(signal.SIGUSR1, lambda number, frame: None)
    hello = {
        "protocol": 0, "subject": name, "version": version, "language": "Python",
        "thread": threading.get_native_id(), "overwrites": True, "interrupts": True, "measures": True,
        "records": sys.byteorder == "little",  # histories are little-endian
    }
    hello["cancel"] = any(hasattr(made, "cancel") for made in (one_to_one, many, mailbox))
    _Agent(hello, _Operations(region, one_to_one, many, mailbox), commands, replies).run()
