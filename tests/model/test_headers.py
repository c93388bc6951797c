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
from tests.pictures import (
    astronaut,
    claim_jpeg_size,
    grey,
    hide_jpeg_size,
    jpeg,
    png,
    png_chunk,
    png_of,
    webp,
    webp_canvas,
    webp_chunks,
    webp_of,
)


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
        (png_of(png_chunk(b"acTL", bytes(8))), "animated"),
        (
            png_of(png_chunk(b"tEXt", b"a\0" + bytes(9000)), png_chunk(b"acTL", bytes(8))),
            "animated",
        ),
        (webp_of(webp_canvas(16, 16, flags=2)), "animated"),
        (webp_of(webp_canvas(16, 16), b"ANIM" + struct.pack("<I6x", 6)), "animated"),
        (jpeg(grey()).replace(b"\xff\xc0", b"\xff\xc9"), "arithmetic"),
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


def test_a_size_hidden_from_the_check_is_not_decoded():
    with pytest.raises(UnreadablePicture, match="header"):
        decode_picture(hide_jpeg_size(jpeg(grey(64, 64)), 20_000, 20_000))


@pytest.mark.parametrize("junk", [b"\xff\x00", b"\xff\x02\x00\x04ab", b"abc", b"\xff\xd8\x00\x02"])
def test_refuses_what_libjpeg_would_skip_before_the_size(junk):
    data = jpeg(grey())
    with pytest.raises(UnreadablePicture, match="damaged"):
        read_header(data[:2] + b"\xff\xe1\x00\x04ab" + junk + data[2:])


def test_takes_fill_bytes_and_metadata_before_the_size():
    data = jpeg(grey(33, 44))
    thumbnail = b"\xff\xe1" + (2 + len(data)).to_bytes(2, "big") + data
    assert read_header(data[:2] + b"\xff\xff" + thumbnail + data[2:]).width == 33


@pytest.mark.parametrize("junk", [b"\xff" * 5_000_000, b"\xff\xe1\x00\x02" * 1_200_000])
def test_a_header_of_nothing_but_filling_is_read_quickly(junk):
    started = time.perf_counter()
    with contextlib.suppress(UnreadablePicture):
        read_header(b"\xff\xd8" + junk)
    assert time.perf_counter() - started < 0.2


IHDR = png_chunk(b"IHDR", struct.pack(">II5B", 7000, 7000, 8, 2, 0, 0, 0))


def test_refuses_a_png_with_a_second_or_a_late_header():
    for data in (png_of(IHDR), png_of()[:8] + png_chunk(b"tEXt", b"a\0b") + png_of(IHDR)[8:]):
        with pytest.raises(UnreadablePicture, match="damaged"):
            read_header(data)


@pytest.mark.parametrize(
    "chunks",
    [
        (webp_canvas(16, 16), webp_chunks(webp(grey(5000, 4000)))),
        (webp_canvas(5000, 4000), webp_chunks(webp(grey(16, 16)))),
        (webp_chunks(webp(grey(16, 16))), webp_chunks(webp(grey(5000, 4000)))),
        (webp_canvas(16, 16), webp_canvas(5000, 4000)),
    ],
    ids=["frame", "canvas", "second", "canvases"],
)
def test_the_largest_size_a_webp_claims_anywhere_counts(chunks):
    with pytest.raises(PictureTooLarge, match="5000x4000"):
        decode_picture(webp_of(*chunks))


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
