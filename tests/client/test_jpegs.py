import cv2
import numpy as np
import pytest

from client.jpegs import encode_frame
from model.clips import ClipFrame, open_clip
from model.frames import decode_picture
from tests.pictures import astronaut, jpeg, png


def frame_of(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    return next(open_clip(path).frames())


def test_a_large_frame_is_shrunk_to_the_longest_side():
    frame = ClipFrame(0, 0.0, np.zeros((720, 1280, 3), np.uint8))
    assert decode_picture(encode_frame(frame, max_side=640, quality=70)).shape == (360, 640, 3)


def test_a_small_frame_is_not_enlarged():
    frame = ClipFrame(0, 0.0, np.zeros((48, 64, 3), np.uint8))
    assert decode_picture(encode_frame(frame, max_side=640, quality=70)).shape == (48, 64, 3)


def test_a_small_jpeg_file_goes_as_it_is(tmp_path):
    data = jpeg(astronaut())
    frame = frame_of(tmp_path, data, "a.jpg")
    assert encode_frame(frame, max_side=640, quality=10) == data


def test_a_large_jpeg_file_is_shrunk(tmp_path):
    frame = frame_of(tmp_path, jpeg(astronaut()), "a.jpg")
    assert decode_picture(encode_frame(frame, max_side=100, quality=70)).shape == (100, 100, 3)


def test_a_png_file_becomes_a_jpeg(tmp_path):
    frame = frame_of(tmp_path, png(astronaut()), "a.png")
    assert encode_frame(frame, max_side=640, quality=70).startswith(b"\xff\xd8\xff")


def test_metadata_of_a_photo_is_not_sent_and_the_picture_is_upright(tmp_path):
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff + b"taken at home"
    wide = jpeg(cv2.resize(astronaut(), (200, 100)))
    data = wide[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + wide[2:]
    sent = encode_frame(frame_of(tmp_path, data, "a.jpg"), max_side=640, quality=70)
    assert b"taken at home" not in sent
    assert decode_picture(sent).shape == (200, 100, 3)


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1)])
def test_a_very_thin_frame_keeps_a_pixel(size):
    frame = ClipFrame(0, 0.0, np.zeros((*size, 3), np.uint8))
    assert max(decode_picture(encode_frame(frame, max_side=640, quality=70)).shape) == 640
