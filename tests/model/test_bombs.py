"""Pictures whose bytes can't be what their header says are refused before a decoder sees them."""

import zlib

import pytest

from model.frames import decode_picture
from model.headers import UnreadablePicture, walk_jpeg
from tests.pictures import astronaut, claim_jpeg_size, grey, jpeg, png, png_chunk, png_of, png_rows

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
    rows = png_rows(4000, 4000, 3, interlaced=False)
    short = zlib.compress(zlib.decompress(rows)[:-1])
    assert decode_picture(png_of(png_chunk(b"IDAT", rows), width=4000, height=4000)).any() == 0
    with pytest.raises(UnreadablePicture):
        decode_picture(png_of(png_chunk(b"IDAT", short), width=4000, height=4000))


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT", b"IEND"])
def test_a_png_with_a_wrong_check_sum_is_refused(kind, capfd):
    data = bytearray(png(astronaut()[:40, :40]))
    at = data.index(kind)
    length = int.from_bytes(data[at - 4 : at], "big")
    data[at + 4 + length] ^= 1
    with pytest.raises(UnreadablePicture):
        decode_picture(bytes(data))
    assert capfd.readouterr().err == ""  # libpng would have written there, past the log
