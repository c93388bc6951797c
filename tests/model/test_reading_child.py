"""The side of the process that reads: it keeps nothing of a picture, and errors get through."""

import gc
import pickle
import socket
import weakref
from contextlib import contextmanager

import pytest

from model.headers import PictureTooLarge
from model.reading_child import NOTE, TASK, TOLD, ReadingChild
from server.logs import FROM_ELSEWHERE


class Pixels:
    """What a decoder had made of a picture when it failed."""


class Unportable(Exception):
    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


class FailingReader:
    network_version = "failing"

    def __init__(self, error):
        self.error, self.seen = error, None

    def read(self, data, last_seen=None):
        pixels = Pixels()
        self.seen = weakref.ref(pixels)
        raise self.error() from ValueError(len(data))


@contextmanager
def without_collection():
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def read_one(reader):
    ours, theirs = socket.socketpair()
    with ours, theirs, without_collection():
        seen = pickle.dumps(None)
        ours.sendall(TASK.pack(7, len(seen), 3) + seen + b"abc")
        ReadingChild(theirs)._read_next(reader)
        assert reader.seen() is None  # nothing is kept that was at hand when it failed
        number, length = TOLD.unpack(ours.recv(TOLD.size))
        assert number == 7
        return pickle.loads(ours.recv(length))


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (lambda: OSError("no"), OSError, "no"),
        (lambda: PictureTooLarge(9000, 8000, 16_000_000), PictureTooLarge, "9000x8000"),
        (lambda: Unportable("this", "that"), RuntimeError, "Unportable: this and that"),
    ],
)
def test_an_error_gets_through_with_where_it_was_raised_and_keeps_nothing(error, kind, message):
    told = read_one(FailingReader(error))
    assert type(told) is kind
    assert message in str(told)
    (note,) = told.__notes__
    assert note.startswith(NOTE)
    assert "in read" in note
    assert "ValueError: 3" in note  # and what it came from


def test_the_log_knows_the_note():
    assert NOTE == FROM_ELSEWHERE
