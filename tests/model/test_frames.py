import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.frames import decode_picture
from model.headers import PictureTooLarge, UnreadablePicture, UnsupportedPicture
from tests.pictures import astronaut, grey, jpeg, png, webp

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
