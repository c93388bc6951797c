import contextlib
import struct
import time
import zlib

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.frames import decode_picture
from model.headers import (
    PictureTooLarge,
    UnreadablePicture,
    UnsupportedPicture,
    read_header,
)
from tests.pictures import astronaut, claim_jpeg_size, grey, jpeg, png, webp


@pytest.mark.parametrize(
    ("encode", "media_type"),
    [(jpeg, "image/jpeg"), (png, "image/png"), (webp, "image/webp")],
)
@pytest.mark.parametrize(("width", "height"), [(320, 240), (17, 301)])
def test_tells_format_and_size(encode, media_type, width, height):
    header = read_header(encode(grey(width, height)))
    assert (header.media_type, header.width, header.height) == (media_type, width, height)


def test_reads_lossless_and_extended_webp_sizes():
    _, lossless = cv2.imencode(".webp", grey(123, 45), [cv2.IMWRITE_WEBP_QUALITY, 101])
    assert read_header(lossless.tobytes()).width == 123
    extended = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\0\0\0\x00\0\0\0" + b"\x7f\x02\x00" + b"\xef\0\0"
    assert (read_header(extended).width, read_header(extended).height) == (640, 240)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello, this is text",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF",
    ],
)
def test_refuses_what_is_no_picture(data):
    with pytest.raises(UnreadablePicture):
        read_header(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a" + bytes(20), "GIF"),
        (b"BM" + bytes(20), "BMP"),
        (bytes(4) + b"ftypmp42", "video"),
        (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIB", 13, b"IHDR", 9, 9, 8) + b"acTL", "animated"),
    ],
)
def test_names_pictures_of_other_kinds(data, said):
    with pytest.raises(UnsupportedPicture, match=said):
        read_header(data)


def test_refuses_a_claim_of_20000x20000_before_decoding():
    bomb = claim_jpeg_size(jpeg(astronaut()), 20_000, 20_000)
    started = time.perf_counter()
    with pytest.raises(PictureTooLarge, match="20000x20000"):
        decode_picture(bomb)
    assert time.perf_counter() - started < 0.5  # decoding it would take seconds and gigabytes


def test_refuses_a_png_that_claims_too_much():
    header = struct.pack(">II5B", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )
    with pytest.raises(PictureTooLarge):
        decode_picture(bomb)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b""]),
)
def test_answers_any_bytes_with_a_header_or_a_named_refusal(rest, start):
    with contextlib.suppress(UnreadablePicture, UnsupportedPicture):
        read_header(start + rest)
