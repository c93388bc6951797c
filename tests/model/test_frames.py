import io
import time
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.frames import decode_picture
from model.headers import PictureTooLarge, UnreadablePicture, UnsupportedPicture
from tests.pictures import (
    astronaut,
    grey,
    jpeg,
    png,
    png_chunk,
    png_of,
    png_rows,
    repeat_scan,
    webp,
    webp_canvas,
    webp_chunks,
    webp_of,
)

WHOLE = {encode: encode(astronaut()) for encode in (jpeg, png, webp)}


@pytest.mark.parametrize("encode", [jpeg, png, webp])
def test_decodes_to_blue_green_red(encode):
    picture = decode_picture(WHOLE[encode])
    assert picture.shape == (512, 512, 3)
    assert np.abs(picture.astype(int) - astronaut()).mean() < 4


@pytest.mark.parametrize("encode", [jpeg, png, webp])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_refuses_a_picture_that_breaks_off(encode, share):
    data = WHOLE[encode]
    with pytest.raises(UnreadablePicture):
        decode_picture(data[: int(len(data) * share)])


def test_takes_grey_pictures():
    assert decode_picture(jpeg(cv2.cvtColor(astronaut(), cv2.COLOR_BGR2GRAY))).shape[2] == 3


def test_takes_sixteen_bit_png():
    assert decode_picture(png(grey().astype(np.uint16) * 256)).dtype == np.uint8


def test_takes_png_with_transparency():
    assert decode_picture(png(np.full((30, 40, 4), 90, np.uint8))).shape == (30, 40, 3)


def test_takes_progressive_jpegs_of_the_largest_size():
    assert decode_picture(repeat_scan(grey(4000, 4000), 0)).shape == (4000, 4000, 3)


def test_takes_jpegs_with_thumbnails_in_their_metadata():
    data, thumbnail = jpeg(grey()), b"\xff\xda" * 500
    metadata = b"\xff\xe1" + (2 + len(thumbnail)).to_bytes(2, "big") + thumbnail
    assert decode_picture(data[:2] + metadata + data[2:]).shape == (240, 320, 3)


@pytest.mark.parametrize(("side", "times", "most"), [(200, 100, 100), (4000, 16, 25)])
def test_refuses_a_jpeg_of_many_scans(side, times, most):
    data = repeat_scan(grey(side, side), times)
    with pytest.raises(UnsupportedPicture, match=f"at most {most} "):
        decode_picture(data)


def test_takes_jpegs_of_cmyk():
    data = io.BytesIO()
    Image.new("CMYK", (64, 48), (0, 0, 0, 128)).save(data, "JPEG")
    assert decode_picture(data.getvalue()).shape == (48, 64, 3)


@pytest.mark.parametrize("interlaced", [False, True])
def test_takes_pngs_with_texts_but_does_not_inflate_them(interlaced):
    text = png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(7_900_000), 9))
    rows = png_chunk(b"IDAT", png_rows(16, 16, 3, interlaced=interlaced))
    data = png_of(*[text] * 200, rows, interlaced=interlaced)
    started = time.perf_counter()
    assert decode_picture(data).shape == (16, 16, 3)
    assert time.perf_counter() - started < 0.5  # libpng takes 7 seconds for all these texts


def test_refuses_a_png_with_more_pixels_than_it_claims():
    bomb = png_of(png_chunk(b"IDAT", zlib.compress(bytes(200_000_000), 1)))
    started = time.perf_counter()
    with pytest.raises(UnreadablePicture):
        decode_picture(bomb)
    assert time.perf_counter() - started < 0.2  # libpng inflates it all


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (9, 2), (17, 33)])
def test_takes_pngs_of_odd_shapes(width, height, interlaced):
    rows = png_chunk(b"IDAT", png_rows(width, height, 3, interlaced=interlaced))
    data = png_of(rows, width=width, height=height, interlaced=interlaced)
    assert decode_picture(data).shape == (height, width, 3)


@pytest.mark.parametrize("kind", [cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2BGRA])
def test_a_png_keeps_its_pixels_without_its_other_chunks(kind):
    picture = cv2.cvtColor(astronaut(), kind)
    plain = cv2.imdecode(np.frombuffer(png(picture), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(decode_picture(png(picture)), plain)


def test_refuses_a_webp_whose_chunks_disagree():
    with pytest.raises(UnreadablePicture):
        decode_picture(webp_of(webp_canvas(640, 480), webp_chunks(webp(grey(16, 16)))))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([jpeg, png, webp]),
    st.integers(0, 10_000),
    st.integers(0, 7),
    st.integers(20, 900),
)
def test_survives_flipped_bits(encode, where, bit, length):
    data = bytearray(WHOLE[encode])
    for step in range(1, 4):
        data[(where * step) % length] ^= 1 << bit
    try:
        picture = decode_picture(bytes(data))
    except (UnreadablePicture, UnsupportedPicture, PictureTooLarge):
        return
    assert picture.ndim == 3
    assert picture.dtype == np.uint8
