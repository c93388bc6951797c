"""Pictures whose bytes can't be what their header says are refused before a decoder sees them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from model.frames import decode_picture
from model.headers import UnreadablePicture, UnsupportedPicture, walk_jpeg
from tests.pictures import (
    astronaut,
    claim_jpeg_size,
    grey,
    jpeg,
    png,
    png_chunk,
    png_of,
    png_of_deep_colour,
    png_rows,
)

WHOLE = jpeg(astronaut()[:120, :160])


def test_a_short_jpeg_of_a_huge_size_is_refused():
    with pytest.raises(UnreadablePicture, match="far too short"):
        decode_picture(claim_jpeg_size(WHOLE, 4000, 4000))


@pytest.mark.parametrize("side", [1, 8, 640, 3000])
@pytest.mark.parametrize("quality", [1, 90])
def test_a_jpeg_of_one_colour_is_taken(side, quality):
    assert decode_picture(jpeg(grey(side, side), quality)).shape == (side, side, 3)


@pytest.mark.parametrize(
    "tail", [b"", b"\xff", b"\xff\xff", b"\xff\xff\xff", b"\xff\xda", b"\xff\xe0\x00"]
)
def test_a_jpeg_that_ends_between_its_size_and_its_pixels_is_refused(tail):
    *_, (_, scan) = walk_jpeg(WHOLE)
    with pytest.raises(UnreadablePicture):
        decode_picture(WHOLE[:scan] + tail)
    with pytest.raises(UnreadablePicture):
        decode_picture(WHOLE[:scan] + tail + b"\xff\xd9")


def test_a_png_with_fewer_pixels_than_it_claims_is_refused():
    rows = png_rows(3000, 3000, 3, interlaced=False)
    short = zlib.compress(zlib.decompress(rows)[:-1])
    assert decode_picture(png_of(png_chunk(b"IDAT", rows), width=3000, height=3000)).any() == 0
    with pytest.raises(UnreadablePicture):
        decode_picture(png_of(png_chunk(b"IDAT", short), width=3000, height=3000))


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT", b"IEND"])
def test_a_png_with_a_wrong_check_sum_is_refused(kind, capfd):
    data = bytearray(png(astronaut()[:40, :40]))
    at = data.index(kind)
    length = int.from_bytes(data[at - 4 : at], "big")
    data[at + 4 + length] ^= 1
    with pytest.raises(UnreadablePicture):
        decode_picture(bytes(data))
    assert capfd.readouterr().err == ""  # libpng would have written there, past the log


@pytest.mark.parametrize("interlaced", [False, True])
def test_a_png_of_sixteen_bits_may_have_fewer_pixels(interlaced):
    small = png_of_deep_colour(300, 300, interlaced=interlaced)
    assert decode_picture(small, max_pixels=300_000).shape == (300, 300, 3)
    with pytest.raises(UnsupportedPicture, match="at most 1 MB are taken"):
        decode_picture(png_of_deep_colour(500, 500, interlaced=interlaced), max_pixels=300_000)


def test_the_picture_of_a_screen_of_four_thousand_pixels_is_taken_as_png():
    header = struct.pack(">II5B", 3840, 2160, 8, 6, 0, 0, 0)
    rows = png_rows(3840, 2160, 4, interlaced=False)
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", rows), png_chunk(b"IEND", b""))
    assert decode_picture(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).shape == (2160, 3840, 3)


def cmyk_jpeg(picture):
    written = io.BytesIO()
    Image.fromarray(picture[:, :, ::-1]).convert("CMYK").save(written, "JPEG", quality=90)
    return written.getvalue()


def test_four_inks_become_the_colours_they_were():
    picture = astronaut()[:120, :160]
    assert np.abs(decode_picture(cmyk_jpeg(picture)).astype(int) - picture).mean() < 4


@pytest.mark.parametrize("cut", range(20, 60, 3))
def test_a_png_cut_off_in_its_header_is_refused(cut):
    with pytest.raises(UnreadablePicture):
        decode_picture(png(astronaut()[:40, :40])[:cut])


@pytest.mark.parametrize("transform", [0, 2])
def test_a_damaged_jpeg_of_four_inks_writes_nothing_past_the_log(transform, capfd):
    data = bytearray(cmyk_jpeg(astronaut()[:120, :160]))
    data[data.index(b"Adobe") + 11] = transform
    *_, (_, scan) = walk_jpeg(bytes(data))
    for at in range(scan + 300, scan + 1300, 100):
        data[at] ^= 0x55
    assert decode_picture(bytes(data)).shape == (120, 160, 3)
    assert capfd.readouterr().err == ""
