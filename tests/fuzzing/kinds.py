"""Pictures of every kind that may come, ordinary and odd, by name. Made from a public portrait.

Where this machine has real frames, they stand among them.
"""

import io
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from bench.frames import find_data
from model.frames import Picture
from tests.pictures import (
    astronaut,
    claim_jpeg_size,
    gallery,
    grey,
    hide_jpeg_size,
    jpeg,
    png,
    png_chunk,
    png_of,
    png_of_deep_colour,
    repeat_scan,
    webp,
    webp_canvas,
    webp_chunks,
    webp_of,
)

ICC = b"\x00\x00\x0c\x48Lino\x02\x10\x00\x00mntrRGB XYZ " + bytes(3000)
TALL, WIDE = 1, 700


def make_kinds() -> dict[str, bytes]:
    """Return all kinds of pictures: some are to be read, some to be refused."""
    face = astronaut()[:360, 40:400]
    webcam = gallery(1, 1, width=640, height=360)
    return {
        **_make_jpegs(face, webcam),
        **_make_pngs(face[:120, 100:260]),
        **_make_webps(face),
        **_make_polyglots(jpeg(face, 80)),
        **_make_lies(jpeg(face, 80)),
        **_find_real_frames(),
    }


def _make_jpegs(face: Picture, webcam: Picture) -> dict[str, bytes]:
    cmyk = pil(face, "CMYK", "JPEG", quality=80)
    shapes = {
        f"jpeg {width}x{height}": jpeg(grey(width, height))
        for width, height in ((1, 1), (TALL, 500), (WIDE, 1), (7, 9), (17, 33))
    }
    samplings = {
        f"jpeg {name}": _jpeg(face, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, value)
        for name, value in (
            ("4:1:1", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411),
            ("4:2:0", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420),
            ("4:2:2", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422),
            ("4:4:0", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440),
            ("4:4:4", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
        )
    }
    return {
        "jpeg": jpeg(face, 80),
        "jpeg webcam": jpeg(webcam, 75),
        "jpeg gallery": jpeg(gallery(3, 4, width=1280, height=720), 60),
        "jpeg progressive": _jpeg(face, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        "jpeg restarts": _jpeg(face, cv2.IMWRITE_JPEG_RST_INTERVAL, 3),
        "jpeg optimized": _jpeg(face, cv2.IMWRITE_JPEG_OPTIMIZE, 1),
        "jpeg grey": pil(face, "L", "JPEG", quality=80),
        "jpeg rgb": pil(face, "RGB", "JPEG", quality=80, keep_rgb=True),
        "jpeg cmyk": cmyk,
        "jpeg ycck": _as_ycck(cmyk),
        "jpeg icc": pil(face, "RGB", "JPEG", icc_profile=ICC),
        "jpeg exif": pil(face, "RGB", "JPEG", exif=_turned()),
        "jpeg many scans": repeat_scan(grey(640, 360), 40),
        **samplings,
        **shapes,
    }


def _make_pngs(face: Picture) -> dict[str, bytes]:
    deep = face.astype(np.uint16) * 257
    palette = Image.fromarray(face[:, :, ::-1]).quantize(32)
    return {
        "png": png(face),
        "png 16 bits": _encode(".png", deep),
        "png 16 bits grey": _encode(".png", deep[:, :, 0]),
        "png 16 bits interlaced": png_of_deep_colour(130, 90, interlaced=True),
        "png grey": pil(face, "L", "PNG"),
        "png one bit": pil(face, "1", "PNG"),
        "png grey transparent": pil(face, "LA", "PNG"),
        "png transparent": pil(face, "RGBA", "PNG"),
        "png palette": _save(palette, "PNG"),
        "png palette transparent": _save(palette, "PNG", transparency=bytes(range(32))),
        "png icc": pil(face, "RGB", "PNG", icc_profile=ICC),
        "png text bomb": _png_with_text(png(face)),
        "png 1x1": png(grey(1, 1)),
        "png 1 wide": png(grey(1, 300)),
        "png animated": _animated("PNG", face),
    }


def _make_webps(face: Picture) -> dict[str, bytes]:
    return {
        "webp": webp(face),
        "webp coarse": pil(face, "RGB", "WEBP", quality=20),
        "webp lossless": pil(face, "RGB", "WEBP", lossless=True, method=0),
        "webp transparent": pil(face, "RGBA", "WEBP", quality=60),
        "webp icc": pil(face, "RGB", "WEBP", icc_profile=ICC),
        "webp 1x1": webp(grey(1, 1)),
        "webp 1 tall": webp(grey(300, 1)),
        "webp animated": _animated("WEBP", face),
        "webp large canvas": webp_of(webp_canvas(16_000, 16_000), webp_chunks(webp(face))),
    }


def _make_polyglots(picture: bytes) -> dict[str, bytes]:
    page = b"<html><script>alert(1)</script></html>"
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(page)) + page
    return {
        "jpeg and zip": picture + b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + bytes(18),
        "jpeg and html": picture[:2] + comment + picture[2:],
        "html and jpeg": page + picture,
        "two jpegs": picture + picture,
        "jpeg in a jpeg": picture[:2] + _segment(0xE1, b"Exif\0\0" + picture[:9000]) + picture[2:],
        "jpeg and garbage": picture + b"\xa5" * 5000,
        "png and jpeg": png(grey(30, 30)) + picture,
        "gif": pil(grey(30, 30), "RGB", "GIF"),
        "gif animated": _animated("GIF", grey(30, 30)),
        "bmp": pil(grey(30, 30), "RGB", "BMP"),
        "tiff": pil(grey(30, 30), "RGB", "TIFF"),
        "pdf": b"%PDF-1.7\n" + picture,
        "avif": b"\0\0\0\x20ftypavif" + bytes(200),
        "mp4": b"\0\0\0\x18ftypmp42" + bytes(200),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "zeros": bytes(2000),
        "text": b"this is no picture at all",
        "empty": b"",
    }


def _make_lies(picture: bytes) -> dict[str, bytes]:
    sizes = ((20_000, 20_000), (65_500, 65_500), (0, 0), (0, 100), (100, 0), (16_000, 1000))
    claims = {
        f"jpeg claims {width}x{height}": claim_jpeg_size(picture, width, height)
        for width, height in sizes
    }
    depth = bytearray(picture)
    depth[picture.index(b"\xff\xc0") + 4] = 12
    arithmetic = picture.replace(b"\xff\xc0", b"\xff\xc9", 1)
    idat = png_chunk(b"IDAT", zlib.compress(bytes(20_000_000), 1))
    return {
        **claims,
        "jpeg hides its size": hide_jpeg_size(picture, 20_000, 20_000),
        "jpeg 12 bits": bytes(depth),
        "jpeg arithmetic": arithmetic,
        "jpeg lossless": picture.replace(b"\xff\xc0", b"\xff\xc3", 1),
        "png claims 60000x60000": png_of(idat[:5000], width=60_000, height=60_000),
        "png claims nothing": png_of(idat, width=0, height=0),
        "png inflates": png_of(idat),
        "png without pixels": png_of(),
    }


def _find_real_frames() -> dict[str, bytes]:
    folder = find_data()
    if folder is None:
        return {}
    # Large galleries are left out: their faces alone take longer than any damage.
    names = ("webcam_640x360_1.jpg", "gallery_1280x720_25.jpg")
    return {f"real {name}": (folder / "galleries" / name).read_bytes() for name in names}


def pil(picture: Picture, mode: str, kind: str, **options: object) -> bytes:
    """Return a picture as Pillow writes it, in one of its modes."""
    return _save(Image.fromarray(picture[:, :, ::-1]).convert(mode), kind, **options)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def _animated(kind: str, picture: Picture) -> bytes:
    frames = [Image.fromarray(np.roll(picture, step, 0)) for step in (0, 5, 10)]
    return _save(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def _as_ycck(cmyk: bytes) -> bytes:
    """Say in Adobe's segment that the four colours are YCCK."""
    at = cmyk.index(b"Adobe")
    return cmyk[: at + 11] + b"\x02" + cmyk[at + 12 :]


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(body)) + body


def _png_with_text(data: bytes) -> bytes:
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(30_000_000), 9))
    return data[:33] + text + data[33:]


def _jpeg(picture: Picture, option: int, value: int) -> bytes:
    return _encode(".jpg", picture, [option, value, cv2.IMWRITE_JPEG_QUALITY, 80])


def _encode(kind: str, picture: np.ndarray, options: list[int] | None = None) -> bytes:
    return cv2.imencode(kind, picture, options or [])[1].tobytes()


MEDIA_TYPES: dict[str, Callable[[bytes], bool]] = {
    "image/png": lambda data: data.startswith(b"\x89PNG"),
    "image/webp": lambda data: data.startswith(b"RIFF"),
    "image/jpeg": lambda _: True,
}


def media_type_of(data: bytes) -> str:
    """Return the type a sender would give; JPEG for what looks like nothing."""
    return next(name for name, looks_so in MEDIA_TYPES.items() if looks_so(data))
