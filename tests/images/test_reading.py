"""Read intact and damaged image files of all formats and compare them with their pixels."""

import io
import os
import struct
import time
import zlib
from contextlib import suppress
from itertools import pairwise

import cv2
import numpy as np
import PIL
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sklearn_lpr import PlateImage
from sklearn_lpr.images import ImageReadError, find_blank, is_blank, read_image, read_image_size
from sklearn_lpr.images._jpeg import read_jpeg_layout

# Blocks of 16 pixels survive JPEG's compression almost unchanged.
RGB = np.kron(
    np.random.default_rng(0).integers(0, 256, (2, 3, 3)), np.ones((16, 16, 1), np.int64)
).astype(np.uint8)
GREY = RGB[..., 0]
# The operation on the stored image for each EXIF orientation (EXIF 2.3, table 6).
UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: np.rot90,
}


def grey_as_rgb(grey):
    return np.repeat(grey[..., None], 3, axis=2)


def assert_reads(path, expected, tolerance=0):
    pixels = read_image(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape == expected.shape
    assert pixels.flags.writeable
    assert np.abs(pixels.astype(int) - expected).max() <= tolerance


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".jpg", {"quality": 100, "subsampling": 0}),
        (".png", {}),
        (".webp", {"lossless": True}),
        (".tiff", {}),
    ],
)
def test_exif_orientation_is_applied(tmp_path, suffix, options, orientation):
    path = tmp_path / f"photo{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(RGB).save(path, exif=exif, **options)
    assert_reads(path, UPRIGHT[orientation](RGB), tolerance=3)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("L", grey_as_rgb(GREY)),
        ("LA", grey_as_rgb(GREY)),
        ("RGBA", RGB),
        ("P", RGB),
        ("1", grey_as_rgb(np.where(GREY > 127, 255, 0))),
    ],
)
def test_modes_become_rgb(tmp_path, mode, expected):
    path = tmp_path / "plate.png"
    image = Image.fromarray(GREY if mode in ("L", "LA", "1") else RGB)
    if mode == "P":  # a palette of 256 represents six colours exactly
        image = image.quantize(256)
    elif mode == "1":
        image = image.convert("1", dither=Image.Dither.NONE)
    else:
        image = image.convert(mode)
    if mode in ("LA", "RGBA"):
        image.putalpha(Image.fromarray(255 - GREY))
    image.save(path)
    assert_reads(path, expected)


@pytest.mark.parametrize("suffix", [".gif", ".png"])
def test_palette_with_transparency(tmp_path, suffix):
    path = tmp_path / f"plate{suffix}"
    transparency = 0 if suffix == ".gif" else bytes(range(256))
    Image.fromarray(RGB).quantize(256).save(path, transparency=transparency)
    assert_reads(path, RGB)
    # A file with data after its end is read by Pillow.
    path.write_bytes(path.read_bytes() + b"\0")
    assert_reads(path, RGB)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [(".gif", {}), (".png", {}), (".webp", {"lossless": True}), (".tiff", {})],
)
def test_the_first_frame_of_an_animation_is_read(tmp_path, suffix, options):
    path = tmp_path / f"plate{suffix}"
    first, *others = (Image.fromarray(pixels) for pixels in (RGB, RGB[::-1], RGB[:, ::-1]))
    first.save(path, save_all=True, append_images=others, **options)
    with Image.open(path) as image:
        assert image.n_frames == 3
    assert_reads(path, RGB)


def test_the_still_image_before_an_animation_is_read(tmp_path):
    path = tmp_path / "plate.png"
    still, *frames = (Image.fromarray(pixels) for pixels in (RGB, RGB[::-1], RGB[:, ::-1]))
    still.save(path, save_all=True, append_images=frames, default_image=True)
    assert_reads(path, RGB)
    with Image.open(path) as image:
        np.testing.assert_array_equal(PlateImage(image).pixels(), RGB)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".gif", ".webp", ".tiff"])
def test_sizes_of_one_pixel(tmp_path, suffix, shape):
    path = tmp_path / f"line{suffix}"
    pixels = np.full((*shape, 3), 255, np.uint8)
    pixels[: shape[0] // 2, : (shape[1] + 1) // 2] = 0
    Image.fromarray(pixels).save(path)
    assert_reads(path, pixels, tolerance=20 if suffix in (".jpg", ".webp") else 0)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "rgb"])
def test_16_bits_are_scaled_to_8(tmp_path, suffix, pixels):
    path = tmp_path / f"plate{suffix}"
    cv2.imwrite(
        str(path),
        pixels[..., ::-1].astype(np.uint16) * 256 + 99
        if pixels.ndim == 3
        else pixels.astype(np.uint16) * 256 + 99,
    )
    assert_reads(path, RGB if pixels.ndim == 3 else grey_as_rgb(GREY))


def test_cmyk_jpeg(tmp_path):
    path = tmp_path / "scan.jpg"
    Image.fromarray(RGB).convert("CMYK").save(path, quality=100)
    assert_reads(path, RGB, tolerance=4)


@pytest.mark.parametrize("scale", [1, 1 / 255])
def test_floats_from_0_to_1_or_to_255(tmp_path, scale):
    path = tmp_path / "plate.tiff"
    Image.fromarray(GREY.astype(np.float32) * np.float32(scale)).save(path)
    assert_reads(path, grey_as_rgb(GREY))


@pytest.mark.parametrize(("low", "high"), [(-0.5, 1), (0, 255.5), (280, 310), (0, "nan")])
def test_floats_of_another_scale_are_rejected(tmp_path, low, high):
    path = tmp_path / "heat.tiff"
    values = np.full((4, 6), low, np.float32)
    values[0, 0] = high
    Image.fromarray(values).save(path)
    message = rf"heat\.tiff' .* floats from .* to {high}.*; .*8 bits"
    with pytest.raises(ImageReadError, match=message):
        read_image(path)


@pytest.mark.parametrize("value", [-1, 65536])
def test_integers_above_16_bits_are_rejected(tmp_path, value):
    path = tmp_path / "depth.tiff"
    values = np.full((4, 6), 7, np.int32)
    values[0, 0] = value
    Image.fromarray(values).save(path)
    with pytest.raises(ImageReadError, match=rf"depth\.tiff' .* 32 bits, .*{value}.* to 8 bits"):
        read_image(path)


def test_floats_in_colour_are_rejected(tmp_path):
    path = tmp_path / "plate.tiff"
    path.write_bytes(deep_tiff(RGB.astype(np.float32), 1))
    with pytest.raises(ImageReadError, match="If it is a TIFF file, convert it to 8 bits"):
        read_image(path)


def test_name_with_any_character(tmp_path):
    path = tmp_path / "京A·1234 é.png"
    Image.fromarray(RGB).save(path)
    assert_reads(path, RGB)
    assert_reads(str(path), RGB)


def test_suffix_does_not_matter(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(RGB).save(path, format="PNG")
    assert_reads(path, RGB)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
@pytest.mark.parametrize("part", [0.5, 0.9, 0.99])
def test_a_truncated_file_is_an_error(tmp_path, suffix, part):
    path = tmp_path / f"photo{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    Image.fromarray(noise).save(path)
    encoded = path.read_bytes()
    path.write_bytes(encoded[: int(len(encoded) * part)])
    with pytest.raises(ImageReadError, match=f"photo{suffix}' "):
        read_image(path)


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_file(tmp_path):
    # The comment contains a whole JPEG with an end-of-image marker.
    path = tmp_path / "photo.jpg"
    Image.fromarray(RGB).save(path)
    thumbnail = path.read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    Image.fromarray(noise).save(path, comment=thumbnail)
    encoded = path.read_bytes()
    assert encoded.count(b"\xff\xd9") >= 2
    path.write_bytes(encoded[: len(encoded) // 2])
    with pytest.raises(ImageReadError, match=r"photo\.jpg' cannot be decoded"):
        read_image(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_data_after_the_end_is_ignored(tmp_path, suffix):
    path = tmp_path / f"photo{suffix}"
    Image.fromarray(RGB).save(path)
    expected = read_image(path)
    path.write_bytes(path.read_bytes() + b"a camera's own notes")
    assert_reads(path, expected)


@pytest.mark.parametrize("content", [b"", b"AB123", b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n"])
def test_no_image(tmp_path, content):
    path = tmp_path / "plate.jpg"
    path.write_bytes(content)
    message = rf"plate\.jpg' \({len(content)} bytes\) is not an image file"
    with pytest.raises(ImageReadError, match=message):
        read_image(path)


def test_a_huge_file_that_is_not_an_image_takes_no_memory(tmp_path):
    path = tmp_path / "video.jpg"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a sparse file
    with pytest.raises(
        ImageReadError, match=r"video\.jpg' \(1099511627776 bytes\) is not an image"
    ):
        read_image(path)


@pytest.mark.parametrize("kind", [b"IDAT", b"IEND"])
@pytest.mark.parametrize("text", [b"", b"tEXt" + bytes(8)])
def test_a_png_chunk_longer_than_its_file_never_reaches_opencv(tmp_path, monkeypatch, kind, text):
    # OpenCV allocates the declared length of a chunk.
    path = tmp_path / "plate.png"
    Image.fromarray(RGB).save(path)
    encoded = path.read_bytes()
    place = encoded.index(kind) - 4
    path.write_bytes(encoded[:place] + b"\x7f\0\0\0" + text + encoded[place + (0 if text else 4) :])
    decoded = []
    monkeypatch.setattr(cv2, "imdecode", lambda *_: decoded.append(path))
    with suppress(ImageReadError):
        assert_reads(path, RGB)  # Pillow may still read the image
    assert not decoded


def test_a_drawing_is_rejected_before_another_program_renders_it(tmp_path, monkeypatch):
    path = tmp_path / "plate.eps"
    Image.fromarray(RGB).save(path)
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", pytest.fail)
    with pytest.raises(
        ImageReadError, match=r"plate\.eps' is a drawing \(EPS\).* convert it to PNG"
    ):
        read_image(path)


def test_missing_file_directory_and_bad_name(tmp_path):
    with pytest.raises(ImageReadError, match=r"gone\.jpg' cannot be opened: No such file"):
        read_image(tmp_path / "gone.jpg")
    with pytest.raises(ImageReadError, match=f"{tmp_path.name}' cannot be opened: "):
        read_image(tmp_path)
    with pytest.raises(ImageReadError, match=r"'a\\x00b' cannot be opened: .*null"):
        read_image("a\0b")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file(tmp_path):
    path = tmp_path / "plate.png"
    Image.fromarray(RGB).save(path)
    path.chmod(0)
    with pytest.raises(ImageReadError, match="cannot be opened: Permission denied"):
        read_image(path)


def write_png_header(path, width, height):
    """Write a PNG that declares a size but contains almost no data."""

    def chunk(kind, content):
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


# 12000 x 10000 is above Pillow's limit, 60000 x 60000 above twice the limit.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(60000, 60000), (12000, 10000)])
def test_a_huge_size_is_rejected_before_memory_is_allocated(tmp_path, monkeypatch, width, height):
    path = tmp_path / "bomb.png"
    write_png_header(path, width, height)
    monkeypatch.setattr("sklearn_lpr.images._reading.decode_by_opencv", pytest.fail)
    monkeypatch.setattr("sklearn_lpr.images._reading.decode_by_pillow", pytest.fail)
    with pytest.raises(ImageReadError, match=r"bomb\.png' is refused: .*MAX_IMAGE_PIXELS"):
        read_image(path)


def test_the_limit_is_that_of_pillow(tmp_path, monkeypatch):
    path = tmp_path / "plate.png"
    Image.fromarray(RGB).save(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", RGB.shape[0] * RGB.shape[1])
    assert_reads(path, RGB)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert_reads(path, RGB)


def test_errors_are_value_errors():
    assert issubclass(ImageReadError, ValueError)


def test_real_scene(shared_data):
    path = next((shared_data / "ccpd" / "scenes").glob("*.jpg"))
    expected = cv2.cvtColor(cv2.imdecode(np.fromfile(path, np.uint8), 1), cv2.COLOR_BGR2RGB)
    assert_reads(path, expected)


@pytest.mark.parametrize("shape", [(1, 1), (24, 94), (24, 94, 1), (24, 94, 3)])
def test_is_blank(shape):
    pixels = np.full(shape, 200, np.uint8)
    assert is_blank(pixels) is True
    if pixels.size > 3:
        pixels.flat[-1] = 201
        assert is_blank(pixels) is False


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_one_channel_does_not_decide_what_is_blank(channel):
    pixels = np.full((24, 94, 3), 200, np.uint8)
    pixels[5, 7, channel] = 201
    assert is_blank(pixels) is False
    assert find_blank(np.stack([pixels, np.full_like(pixels, 200)])).tolist() == [False, True]


def test_one_colour_is_blank():
    assert is_blank(np.tile(np.array([10, 20, 30], np.uint8), (24, 94, 1)))


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("suffix", [".png", ".tiff", ".ppm"])
def test_16_bit_files_that_use_fewer_bits(tmp_path, bits, channels, suffix):
    path = tmp_path / f"plate{suffix}"
    pixels = GREY if channels == 1 else RGB
    pixels = np.maximum(pixels, 1)
    pixels[0, 0] = 255
    values = pixels.astype(np.uint16) << (bits - 8)
    if suffix == ".ppm":
        kind = b"P5" if channels == 1 else b"P6"
        size = b"%d %d" % pixels.shape[1::-1]
        path.write_bytes(kind + b"\n" + size + b"\n65535\n" + values.astype(">u2").tobytes())
    else:
        cv2.imwrite(str(path), values if channels == 1 else values[:, :, ::-1])
    assert_reads(path, grey_as_rgb(pixels) if channels == 1 else pixels)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
@pytest.mark.parametrize("ink", [0, 255])
def test_text_in_the_alpha_channel_only(tmp_path, mode, ink):
    alpha = np.zeros((20, 30), np.uint8)
    alpha[5:15, 5:25] = 255
    image = Image.new("RGBA", (30, 20), (ink, ink, ink, 0))
    image.putalpha(Image.fromarray(alpha))
    path = tmp_path / "plate.png"
    (image.quantize(4) if mode == "P" else image.convert(mode)).save(path)
    assert_reads(path, grey_as_rgb(np.where(alpha > 0, ink, 255 - ink)))


@pytest.mark.parametrize(
    ("suffix", "options"), [(".png", {}), (".webp", {"lossless": True}), (".tiff", {})]
)
@pytest.mark.parametrize(
    ("ink", "hidden", "ground"),
    [
        ((34, 34, 34), 0, 255),
        ((0, 0, 150), 0, 255),
        ((230, 230, 230), 255, 0),
        ((64, 64, 64), 0, 0),
        ((34, 34, 34), 255, 255),
    ],
)
def test_faint_text_on_a_transparent_ground(tmp_path, suffix, options, ink, hidden, ground):
    pixels = np.full((20, 30, 4), hidden, np.uint8)
    pixels[..., 3] = 0
    pixels[5:15, 5:25] = [*ink, 255]
    path = tmp_path / f"plate{suffix}"
    Image.fromarray(pixels).save(path, **options)
    expected = np.where(pixels[..., 3:] > 0, pixels[..., :3], np.uint8(ground))
    assert_reads(path, expected)


def test_a_constant_alpha_channel_is_dropped(tmp_path):
    pixels = np.full((20, 30, 4), 40, np.uint8)
    pixels[5:15, 5:25, :3] = 80
    path = tmp_path / "plate.png"
    Image.fromarray(pixels).save(path)
    assert_reads(path, pixels[..., :3])


def test_a_faint_file_of_16_bits_with_a_transparent_grey(tmp_path):
    values = np.full((20, 30), 30_000, np.uint16)
    values[5:15, 5:25] = 33_000
    path = tmp_path / "plate.png"
    Image.fromarray(values).save(path, transparency=30_000)
    assert_reads(path, grey_as_rgb((values >> 8).astype(np.uint8)))


@pytest.mark.parametrize("maximum", [1, 15, 100, 255, 1023, 4095, 65535])
@pytest.mark.parametrize("kind", [2, 3, 5, 6])
def test_netpbm_files(tmp_path, kind, maximum):
    pixels = RGB if kind in (3, 6) else GREY
    values = np.rint(pixels / 255 * maximum).astype(">u2" if maximum > 255 else np.uint8)
    values.flat[0] = maximum
    text = b" ".join(b"%d" % value for value in values.ravel())
    body = text if kind < 4 else values.tobytes()
    path = tmp_path / "plate.ppm"
    path.write_bytes(b"P%d # a comment\n%d %d\n%d\n" % (kind, *pixels.shape[1::-1], maximum) + body)
    expected = np.rint(values / maximum * 255).astype(np.uint8)
    assert_reads(path, grey_as_rgb(expected) if kind in (2, 5) else expected, tolerance=1)
    path.write_bytes(path.read_bytes()[: -len(body) // 2])
    with pytest.raises(ImageReadError, match="truncated"):
        read_image(path)


@pytest.mark.parametrize("kind", [1, 4])
def test_bitmaps(tmp_path, kind):
    black = GREY > 127
    body = (
        np.packbits(black, axis=1).tobytes()
        if kind == 4
        else b"".join(b"%d" % value for value in black.ravel())
    )
    path = tmp_path / "plate.pbm"
    path.write_bytes(b"P%d\n%d %d\n" % (kind, *GREY.shape[::-1]) + body)
    assert_reads(path, grey_as_rgb(np.where(black, 0, 255)))


def test_comments_in_a_ppm_take_no_time(tmp_path):
    path = tmp_path / "plate.ppm"
    path.write_bytes(b"P3\n200 200\n255\n" + b"1 #c\n" * 120000)
    start = time.perf_counter()
    assert_reads(path, np.ones((200, 200, 3), np.uint8))
    path.write_bytes(b"P6\n#" + b"x" * 10_000_000 + b"\n1 1\n255\n123")
    with pytest.raises(ImageReadError, match="is not an image file"):
        read_image(path)
    assert time.perf_counter() - start < 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_a_fifo_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "photo.jpg")
    with pytest.raises(ImageReadError, match="it is not a regular file"):
        read_image(tmp_path / "photo.jpg")


XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("trailing", [b"", b"\0"], ids=["OpenCV", "Pillow"])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("metadata", ["exif", "xmp", "odd type"])
def test_orientation_does_not_depend_on_the_decoder(tmp_path, metadata, suffix, trailing):
    path = tmp_path / f"photo{suffix}"
    image, exif = Image.fromarray(RGB), Image.Exif()
    options = {"quality": 100, "subsampling": 0} if suffix == ".jpg" else {}
    if metadata == "exif":
        exif[0x0112] = 6
    elif metadata == "odd type":  # 32 bits instead of 16
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\0\0\x06\0\0\0\0"
    elif suffix == ".jpg":
        if int(PIL.__version__.split(".")[0]) < 11:
            pytest.skip("Pillow before 11 writes no XMP to JPEG files")
        options["xmp"] = XMP
    else:
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    image.save(path, exif=exif, **options)
    path.write_bytes(path.read_bytes() + trailing)
    assert_reads(path, UPRIGHT[6](RGB), tolerance=3)


def test_iptc_files_never_reach_ghostscript(tmp_path, monkeypatch):
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", pytest.fail)
    Image.fromarray(RGB).save(tmp_path / "plate.eps")
    drawing = (tmp_path / "plate.eps").read_bytes()

    def field(record, dataset, content):
        return struct.pack(">BBBH", 0x1C, record, dataset, len(content)) + content

    path = tmp_path / "plate.iim"
    path.write_bytes(
        field(3, 60, b"\1\0")
        + field(3, 20, struct.pack(">H", 48))
        + field(3, 30, b"\0\x20")
        + field(3, 120, b"\1")
        + field(8, 10, drawing[:30000])
    )
    with pytest.raises(ImageReadError, match="is not an image file"):
        read_image(path)


def test_an_embedded_image_does_not_escape_the_limit(tmp_path, monkeypatch):
    path = tmp_path / "plate.ico"
    Image.fromarray(RGB).save(path, sizes=[(16, 16)])
    with pytest.raises(ImageReadError, match="is not an image file"):
        read_image(path)


def smooth_image():
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    return Image.fromarray(cv2.GaussianBlur(noise, (0, 0), 2))


def encoded(format, **options):
    buffer = io.BytesIO()
    smooth_image().save(buffer, format, **options)
    return buffer.getvalue()


def cut_off(content, place):
    return content[:place] + b"\xff\xd9"


def without_block(content, place):
    return content[:place] + content[place + 1000 :]


def with_zeros(content, place):
    return content[:place] + bytes(1000) + content[place + 1000 :]


def half_copied(content, place):
    return content[:place] + bytes(len(content) - place)


@pytest.mark.parametrize("damage", [cut_off, without_block, with_zeros, half_copied])
@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.8])
@pytest.mark.parametrize(
    "options",
    [
        {"quality": 75},
        {"quality": 95},
        {"quality": 95, "progressive": True},
        {"quality": 95, "restart_marker_rows": 1},
        {"quality": 95, "subsampling": 0, "optimize": True},
    ],
    ids=str,
)
def test_damage_inside_a_jpeg_is_an_error(tmp_path, options, fraction, damage):
    content = encoded("JPEG", **options)
    start = content.index(b"\xff\xda") + 14
    path = tmp_path / "photo.jpg"
    path.write_bytes(damage(content, start + int(fraction * (len(content) - start))))
    with pytest.raises(ImageReadError, match=r"photo\.jpg' cannot be decoded"):
        read_image(path)


def test_every_scan_of_a_progressive_jpeg_is_needed(tmp_path):
    content = encoded("JPEG", progressive=True)
    scans = read_jpeg_layout(content).scans
    assert len(scans) == 10
    path = tmp_path / "photo.jpg"
    for before, scan in pairwise(scans):  # each has its own tables
        path.write_bytes(content[: before.stop] + content[scan.stop :])
        with pytest.raises(ImageReadError, match="damaged: scans are missing"):
            read_image(path)
    for scan in scans:
        path.write_bytes(content[: (scan.start + scan.stop) // 2] + content[scan.stop :])
        with pytest.raises(ImageReadError, match="damaged: compressed data are missing"):
            read_image(path)


def test_a_lost_restart_interval_is_an_error(tmp_path):
    content = encoded("JPEG", restart_marker_rows=1)
    marks = [content.index(bytes([0xFF, 0xD0 + number])) for number in range(7)]
    path = tmp_path / "photo.jpg"
    path.write_bytes(content[: marks[2]] + content[marks[3] :])
    with pytest.raises(ImageReadError, match="restart markers are missing"):
        read_image(path)
    path.write_bytes(content[: marks[2] + 20] + content[marks[3] :])
    with pytest.raises(ImageReadError, match="compressed data are missing"):
        read_image(path)


def test_small_damage_of_a_baseline_jpeg(tmp_path):
    # A scan with more data than pixels, and one whose data end a block too soon.
    content = encoded("JPEG", quality=95)
    end = read_jpeg_layout(content).end - 2
    path = tmp_path / "photo.jpg"
    path.write_bytes(content[:end] + b"ABCDEFGHIJ" + content[end:])
    with pytest.raises(ImageReadError, match="there are more compressed data than pixels"):
        read_image(path)
    path.write_bytes(content[: end - 40] + content[end:])
    with pytest.raises(ImageReadError, match="compressed data are missing"):
        read_image(path)


@pytest.mark.parametrize("filling", [bytes(500), b"\xff" * 9, b"\0\xff", b"A"])
def test_filling_before_the_end_marker_is_ignored(tmp_path, filling):
    content = encoded("JPEG")
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    expected = read_image(path)
    path.write_bytes(content[:-2] + filling + content[-2:])
    assert_reads(path, expected)


def test_damage_of_a_photo_with_several_images(tmp_path):
    content = encoded("MPO", save_all=True, append_images=[Image.fromarray(RGB)])
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with Image.open(path) as image:
        assert image.format == "MPO"
        expected = np.asarray(image.convert("RGB"))
    assert_reads(path, expected, tolerance=3)
    path.write_bytes(without_block(content, content.index(b"\xff\xda") + 500))
    with pytest.raises(ImageReadError, match="cannot be decoded"):
        read_image(path)


@pytest.mark.parametrize("trailing", [b"", b"camera"])
@pytest.mark.parametrize("options", [{}, {"bits": 4}, {"save_all": True}], ids=str)
@pytest.mark.parametrize("damage", [with_zeros, half_copied, without_block])
def test_damage_inside_a_png_is_an_error(tmp_path, damage, options, trailing):
    path = tmp_path / "plate.png"
    content = encoded("PNG", append_images=[smooth_image().rotate(180)], **options)
    path.write_bytes(damage(content, len(content) // 4) + trailing)
    with pytest.raises(ImageReadError, match=r"plate\.png' cannot be decoded"):
        read_image(path)
    changed = bytearray(content)
    changed[len(content) // 4] ^= 1
    path.write_bytes(changed + trailing)
    with pytest.raises(ImageReadError, match=r"the checksum of its chunk IDAT is wrong"):
        read_image(path)


@pytest.mark.parametrize("format", ["WEBP", "AVIF"])
def test_zeros_in_compressed_pixels_are_an_error(tmp_path, format):
    if format == "AVIF" and ".avif" not in Image.registered_extensions():
        pytest.skip(f"Pillow is built without {format}")
    content = encoded(format, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0" + bytes(5000))
    path = tmp_path / "photo"
    path.write_bytes(content)
    expected = read_image(path)
    path.write_bytes(content + bytes(1000))
    assert_reads(path, expected)
    end = len(content)
    if format == "WEBP":
        start = content.index(b"VP8 ") + 4
        end = start + 4 + int.from_bytes(content[start : start + 4], "little")
    for stop in (end, end - 500):  # at the end and in the middle
        path.write_bytes(content[: stop - 1000] + bytes(1000) + content[stop:])
        with pytest.raises(ImageReadError, match="a part of its compressed data is zeros"):
            read_image(path)


@pytest.mark.parametrize(
    ("noise", "options"), [(0.4, {}), (0.0, {"quality": 100, "method": 0})], ids=["noise", "black"]
)
def test_webp_photos_with_dark_areas_are_read(tmp_path, noise, options):
    photo = np.zeros((2160, 3840, 3), np.uint8)
    rng = np.random.default_rng(0)
    photo[:720] = rng.integers(60, 140, (720, 3840, 1))
    photo[720:] = rng.normal(0, noise, (1440, 3840, 1)).clip(0, 255)
    path = tmp_path / "night.webp"
    Image.fromarray(photo).save(path, **options)
    assert bytes(256) in path.read_bytes()  # what is damage in a small file
    assert read_image(path).shape == photo.shape


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("optimize", [False, True])
def test_even_jpegs_are_read(tmp_path, level, optimize):
    path = tmp_path / "even.jpg"
    Image.new("L", (640, 480), level).save(path, optimize=optimize)
    assert (read_image(path) == level).all()
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ImageReadError):
        read_image(path)


def deep_tiff(values, orientation=1, photometric=2, planar=1):
    """Encode an uncompressed TIFF of 1, 3 or 4 channels with 16 or 32 bits and an orientation."""
    height, width, n_channels = values.shape
    bits, kind = 8 * values.dtype.itemsize, 3 if values.dtype == np.float32 else 1
    pixels = (values.transpose(2, 0, 1) if planar == 2 else values).tobytes()
    n_strips = n_channels if planar == 2 else 1
    length = len(pixels) // n_strips
    strips = [208 + strip * length for strip in range(n_strips)]
    tags = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * n_channels), (259, 3, [1])]
    tags += [(262, 3, [photometric]), (273, 4, strips), (274, 3, [orientation])]
    tags += [(277, 3, [n_channels]), (278, 4, [height]), (279, 4, [length] * n_strips)]
    tags += [(284, 3, [planar]), (339, 3, [kind] * n_channels)]
    head = b"II*\0" + struct.pack("<I", 208 + len(pixels))
    directory = struct.pack("<H", len(tags))
    for tag, code, numbers in tags:
        value = numbers[0]
        if len(numbers) > 1:  # the tag holds the place of its values
            value = len(head)
            head += struct.pack(f"<{len(numbers)}{'H' if code == 3 else 'I'}", *numbers)
        directory += struct.pack("<HHII", tag, code, len(numbers), value)
    return head.ljust(208, b"\0") + pixels + directory + bytes(4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_a_tiff_with_16_bits(tmp_path, orientation):
    path = tmp_path / "plate.tiff"
    values = RGB.astype(np.uint16) * 16
    values[0, 0] = 4095
    path.write_bytes(deep_tiff(values, orientation))
    assert_reads(path, UPRIGHT[orientation](values >> 4))
    assert read_image_size(path) == read_image(path).shape[:2]
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ImageReadError):
        read_image(path)


@pytest.mark.parametrize("white", [4095, 65535])
@pytest.mark.parametrize("photometric", [0, 1])
def test_grey_tiffs_with_16_bits_in_which_white_is_zero(tmp_path, photometric, white):
    path = tmp_path / "plate.tiff"
    values = np.array([[0, white // 4 + 1, white]], np.uint16)
    path.write_bytes(deep_tiff(values[..., None], photometric=photometric))
    expected = grey_as_rgb(np.array([[255, 191, 0] if photometric == 0 else [0, 64, 255]]))
    assert_reads(path, expected)
    with Image.open(path) as image:
        np.testing.assert_array_equal(PlateImage(image).pixels(), expected)


def test_a_cmyk_tiff_with_16_bits(tmp_path):
    path = tmp_path / "plate.tiff"
    full = 65535
    values = np.array([[[0, full, full, 0], [full, 0, full, 0], [0, 0, 0, full]]], np.uint16)
    path.write_bytes(deep_tiff(values, photometric=5))
    assert_reads(path, np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 0]]]))


def test_a_tiff_with_16_bits_whose_channels_are_separate_is_rejected(tmp_path):
    path = tmp_path / "plate.tiff"
    path.write_bytes(deep_tiff(RGB.astype(np.uint16) * 257, planar=2))
    with pytest.raises(ImageReadError, match=r"plate\.tiff' .* convert it to 8 bits"):
        read_image(path)
    with Image.open(path) as image, pytest.raises(ImageReadError, match="convert it to 8 bits"):
        PlateImage(image).pixels()


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (33, 47), (120, 160)])
@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"restart_marker_rows": 1}], ids=str)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_with_a_grey_end_is_read(tmp_path, shape, options, progressive):
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    pixels[shape[0] // 2 :] = 128
    path = tmp_path / "photo.jpg"
    for image in (Image.fromarray(pixels), Image.fromarray(pixels).convert("RGB")):
        image.save(path, quality=75, progressive=progressive, **options)
        assert_reads(path, np.asarray(Image.open(path).convert("RGB")), tolerance=3)
        path.write_bytes(path.read_bytes() + bytes(1000))
        assert_reads(path, np.asarray(Image.open(path).convert("RGB")), tolerance=3)


def test_a_number_beyond_64_bits_in_a_text_file_is_an_error(tmp_path):
    path = tmp_path / "large.pgm"
    path.write_bytes(b"P2\n2 1\n255\n1 99999999999999999999\n")
    with pytest.raises(ImageReadError, match=r"large\.pgm' cannot be decoded"):
        read_image(path)
