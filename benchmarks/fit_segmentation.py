"""Fit the small network that CharacterSegmenter finds characters with.

Run from the project's root (about half an hour on two cores)::

    python benchmarks/fit_segmentation.py --data ../shared/data

Few plates have a box around each character: those from Egypt, those drawn here, and those of CCPD,
as Chinese plates have their characters at fixed places. The network is fitted to these first. Then,
round by round, it boxes the other plates itself, where the length of the text says how many
characters to find, and is fitted to all. Only the four fifths of each set that
`benchmarks/segmentation.py` does not measure are used. Drawing needs Matplotlib for its fonts.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import keras
import matplotlib
import numpy as np
import numpy.typing as npt
from keras import layers, ops
from PIL import Image, ImageDraw, ImageFont

from sklearn_lpr.datasets import load_ccpd, load_plates
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, _column_network
from sklearn_lpr.preprocessing._text_row import TextRow
from sklearn_lpr.preprocessing._view import View

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]

HEIGHT, WIDTH = _column_network.INPUT_SHAPE
N_COLUMNS = WIDTH // 2
DISTANCE_UNIT = 16
CHANNELS = (12, 20, 32, 40)

# What is taken from each set for a round, at most.
CROPS = {"vn": 1300, "vn_pbl4": 600, "uz": 1500, "pe": 900, "eu_mixed": 500, "cn_lyl8213": 800}
CROPS |= {"br_noisy": 900}
N_DRAWN = 4000
EPOCHS = (9, 9, 20)
PLATES_PER_EPOCH = 8000
BATCH_SIZE = 64

# GA 36-2007, millimetres: a plate of 440 x 140 with characters of 45 x 90.
CHINESE_PLATE = (440, 140)
CHINESE_LEFT = np.array([15.5, 72.5, 151.5, 208.5, 265.5, 322.5, 379.5])
CHINESE_CHARACTER = (45, 90)


class Plate(NamedTuple):
    """A grey picture and the boxes (left, top, right, bottom) of its characters, in pixels."""

    pixels: Pixels
    boxes: Floats


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="PATH")
    parser.add_argument(
        "--output",
        type=Path,
        default=_column_network.WEIGHTS,
        metavar="FILE",
        help="where the weights go, by default into the package",
    )
    arguments = parser.parse_args()
    _column_network.WEIGHTS = arguments.output
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    exact = [*egyptian_plates(arguments.data), *(draw_plate(rng) for _ in range(N_DRAWN))]
    plates = [*exact, *chinese_plates(arguments.data)]
    network = build_network()
    for round_, epochs in enumerate(EPOCHS):
        if round_:
            plates = [*exact, *boxed_by_network(arguments.data, rng)]
        print(f"Round {round_}: {len(plates)} plates", flush=True)
        fit(network, plates, epochs, rng)
        save_weights(network)


# --- plates ---------------------------------------------------------------------------------------


def fitted_to(plates: Any) -> npt.NDArray[np.intp]:
    """Give the plates that benchmarks/segmentation.py does not measure."""
    splitter = PlateShuffleSplit(1, test_size=0.2, random_state=0)
    return next(splitter.split(plates.data, plates.target))[0]


def to_grey(pixels: Pixels) -> Pixels:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels


def egyptian_plates(data: Path) -> Iterator[Plate]:
    plates = load_plates(data / "crops" / "eg_char_boxes")
    for index in fitted_to(plates):
        grey = to_grey(plates.data[index].pixels())
        _, *centre, width, height = plates.frame["char_boxes"][index].T
        half = np.array([width, height]) / 2
        boxes = np.concatenate([np.array(centre) - half, np.array(centre) + half])
        yield Plate(grey, boxes.T * np.array([*grey.shape[::-1]] * 2))


def chinese_crops(data: Path) -> Iterator[tuple[Pixels, str]]:
    plates = load_ccpd(data / "ccpd" / "plates")
    some = fitted_to(plates)
    crops = PlateCropper(margin=0.15).transform(plates.data[some])
    return zip(map(to_grey, crops), plates.target[some], strict=True)


def chinese_plates(data: Path) -> Iterator[Plate]:
    """Box the characters where the standard puts them."""
    size, top = np.array(CHINESE_PLATE), (CHINESE_PLATE[1] - CHINESE_CHARACTER[1]) / 2
    start = np.column_stack([CHINESE_LEFT, np.full(7, top)])
    fractions = np.hstack([start / size, (start + CHINESE_CHARACTER) / size])
    for grey, text in chinese_crops(data):
        if len(text) == 7:
            boxes = (fractions + 0.15) / 1.3 * np.array([*grey.shape[::-1]] * 2)
            yield Plate(grey, boxes)


def boxed_by_network(data: Path, rng: np.random.Generator) -> Iterator[Plate]:
    """Let the segmenter box plates, told how many characters there are."""
    yield from box(chinese_crops(data), "CCPD")
    for folder, at_most in CROPS.items():
        plates = load_plates(data / "crops" / folder)
        some = rng.permutation(fitted_to(plates))[:at_most]
        crops = ((to_grey(plates.data[index].pixels()), plates.target[index]) for index in some)
        yield from box(crops, folder)


def box(crops: Iterable[tuple[Pixels, str]], name: str) -> Iterator[Plate]:
    n_kept = n_all = 0
    for grey, text in crops:
        (found,) = CharacterSegmenter(n_characters=len(text)).segment([grey])
        n_all += 1
        if len(found.boxes) == len(text) and found.scores.min() > 0.3:
            n_kept += 1
            yield Plate(
                grey, np.hstack([found.boxes[:, :2], found.boxes[:, :2] + found.boxes[:, 2:]])
            )
    print(f"  {name}: {n_kept} of {n_all}", flush=True)


# --- drawn plates ---------------------------------------------------------------------------------

LETTERS, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
LENGTHS = [0.02, 0.04, 0.06, 0.08, 0.13, 0.22, 0.25, 0.12, 0.05, 0.03]


@cache
def font_files() -> list[Path]:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    upright = [f"DejaVu{name}" for name in ("Sans", "Sans-Bold", "SansMono", "SansMono-Bold")]
    upright += ["DejaVuSerif", "DejaVuSerif-Bold", "cmss10", "cmb10", "STIXGeneralBol"]
    return [folder / f"{name}.ttf" for name in upright]


@cache
def draw_glyph(character: str, font: int) -> Floats:
    """Draw a character as ink from 0 to 1, cut to its box."""
    canvas = Image.new("L", (200, 200))
    face = ImageFont.truetype(str(font_files()[font]), 88)
    ImageDraw.Draw(canvas).text((50, 40), character, 255, face)
    return np.asarray(canvas.crop(canvas.getbbox()), np.float32) / 255


def draw_plate(rng: np.random.Generator) -> Plate:
    """Draw a row of characters with all that may be on a plate besides."""
    size, n_characters = rng.uniform(30, 60), 1 + int(rng.choice(10, p=LENGTHS))
    glyphs, boxes, separators, length = draw_row(n_characters, size, rng)
    around = rng.uniform([0.1, 0.12, 0.1, 0.12], [0.8, 0.6, 0.8, 0.6]) * size
    if n_characters < 4:
        around[[0, 2]] += rng.uniform(0, 2.5, 2) * size
    strip = rng.uniform(0.3, 0.8) * size if rng.random() < 0.3 else 0
    strip_above = rng.random() < 0.6
    band = rng.uniform(0.3, 0.7) * size if rng.random() < 0.25 else 0
    left, top = around[0] + band, around[1] + strip * strip_above
    height = round(top + size + around[3] + strip * (not strip_above))
    width = round(left + length + around[2])
    boxes += (left, top, left, top)

    ink = np.zeros((height, width), np.float32)
    for glyph, place in zip(glyphs, boxes, strict=True):
        put(ink, glyph, place)
    draw_separators(ink, left + separators, (top, top + size), rng)
    if rng.random() < 0.5:
        inset, thickness = int(size * rng.uniform(0, 0.08)), int(size * rng.uniform(0.03, 0.12))
        corner = (width - 1 - inset, height - 1 - inset)
        cv2.rectangle(ink, (inset, inset), corner, rng.uniform(0.5, 1), max(1, thickness))
    ground = rng.uniform(0, 255)
    picture = ground + ink * (contrasting(ground, rng) - ground)
    if strip:
        rows = slice(0, round(strip)) if strip_above else slice(height - round(strip), height)
        small_print(picture[rows], rng)
    if band:
        small_print(picture[:, : round(band)], rng)
    for _ in range(rng.choice([0, 2, 4])):
        place = (rng.uniform(0.03, 0.97) * width, rng.choice([0.07, 0.93]) * height)
        radius = max(1, round(size * rng.uniform(0.05, 0.12)))
        cv2.circle(picture, np.rint(place).astype(int).tolist(), radius, rng.uniform(0, 255), -1)
    sides = np.rint(rng.uniform(0, [0.5, 0.5, 1, 1]) * size).astype(int).tolist()
    outside = rng.uniform(0, 255)
    picture = cv2.copyMakeBorder(picture, *sides, cv2.BORDER_CONSTANT, value=outside)
    boxes += (sides[2], sides[0]) * 2
    clouds = rng.normal(0, rng.uniform(0, 20), (4, 12)).astype(np.float32)
    picture += cv2.resize(clouds, picture.shape[::-1], interpolation=cv2.INTER_CUBIC)
    scale = rng.uniform(0.4, 1)
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Plate(picture.clip(0, 255).astype(np.uint8), boxes * scale)


def draw_row(
    n_characters: int, size: float, rng: np.random.Generator
) -> tuple[list[Floats], Floats, Floats, float]:
    """Set characters beside each other; give their ink and boxes, the separators, the length."""
    font, aspect = int(rng.integers(len(font_files()))), rng.uniform(0.45, 0.85)
    gap, on_a_pitch = rng.uniform(-0.01, 0.28) * size, rng.random() < 0.5
    parted = set(rng.integers(1, max(2, n_characters), rng.integers(0, 3)).tolist())
    glyphs, boxes, separators, x = [], [], [], 0.0
    for index in range(n_characters):
        if index in parted:
            separators.append(x + rng.uniform(0.1, 0.45) * size - gap / 2)
            x = 2 * separators[-1] - x + gap
        alphabet = DIGITS if rng.random() < 0.6 else LETTERS
        glyph = draw_glyph(alphabet[rng.integers(len(alphabet))], font)
        natural = glyph.shape[1] / glyph.shape[0] * size * aspect * 1.3
        cell = aspect * size if on_a_pitch else max(natural, 0.08 * size)
        width = float(np.clip(natural, 0.08 * size, 1.1 * cell))
        glyphs.append(glyph)
        boxes.append((x + (cell - width) / 2, 0, x + (cell + width) / 2, size))
        x += cell + gap
    return glyphs, np.array(boxes), np.array(separators), x - gap


def draw_separators(
    ink: Floats, places: Floats, rows: tuple[float, float], rng: np.random.Generator
) -> None:
    size, kind = rows[1] - rows[0], rng.integers(4)  # the fourth is nothing but a gap
    for x in places:
        place = np.array([x, rows[0] + size * rng.uniform(0.4, 0.6)])
        reach = size * rng.uniform([0.06, 0.03], [0.14, 0.06])
        start, end = (np.rint(place + side * reach).astype(int).tolist() for side in (-1, 1))
        if kind == 0:
            centre = np.rint(place).astype(int).tolist()
            cv2.circle(ink, centre, max(1, round(size * rng.uniform(0.05, 0.1))), 1, -1)
        elif kind == 1:
            cv2.rectangle(ink, start, end, 1, -1)
        elif kind == 2:
            thickness = max(1, round(size * rng.uniform(0.02, 0.08)))
            cv2.line(ink, (round(x), 0), (round(x), len(ink)), rng.uniform(0.4, 1), thickness)


def small_print(picture: Floats, rng: np.random.Generator) -> None:
    """Fill a strip or a band with text too small to be that of the plate."""
    ground = picture.mean() if rng.random() < 0.3 else rng.uniform(0, 255)
    height, width = picture.shape
    ink = np.zeros_like(picture)
    size = min(height * rng.uniform(0.35, 0.75), width * rng.uniform(0.4, 0.8))
    x, y = rng.uniform(0, 0.5) * max(width - size, 0), rng.uniform(0, height - size)
    font = int(rng.integers(len(font_files())))
    for _ in range(rng.integers(1, 14)):
        glyph = draw_glyph((LETTERS + DIGITS)[rng.integers(34)], font)
        length = size * glyph.shape[1] / glyph.shape[0]
        put(ink, glyph, (x, y, x + length, y + size))
        x += length * rng.uniform(1.05, 1.4)
    picture[:] = ground + ink * (contrasting(ground, rng) - ground)


def put(ink: Floats, glyph: Floats, box: Sequence[float]) -> None:
    """Draw a glyph into a box; what lies outside the picture is cut off."""
    left, top, right, bottom = np.rint(box).astype(int).tolist()
    size = (max(1, right - left), max(1, bottom - top))
    glyph = cv2.resize(glyph, size, interpolation=cv2.INTER_AREA)
    glyph = glyph[
        max(0, -top) : max(0, len(ink) - top), max(0, -left) : max(0, ink.shape[1] - left)
    ]
    part = ink[max(0, top) :, max(0, left) :][: glyph.shape[0], : glyph.shape[1]]
    np.maximum(part, glyph, out=part)


def contrasting(ground: float, rng: np.random.Generator) -> float:
    """Draw a grey that can be told from the ground."""
    ink = rng.uniform(0, 255 - 80)
    return ink if ink < ground - 40 else ink + 80


# --- views of plates ------------------------------------------------------------------------------


def draw_view(plate: Plate, rng: np.random.Generator) -> View:
    """Draw a view as the segmenter takes it: of the whole crop, or of the row found there."""
    height, width = plate.pixels.shape
    row = TextRow.fit(plate.boxes)
    if rng.random() < 0.45:
        smallest = -0.5 if rng.random() < 0.3 else -0.2
        grow = np.exp(-rng.uniform(smallest, 0.18, 2))
        view = View(0, 0, width, height, rng.normal(0, 0.04))
    else:
        some = plate.boxes
        if len(some) > 3 and rng.random() < 0.15:  # one was missed
            some = some[1:] if rng.random() < 0.5 else some[:-1]
        view = TextRow.fit(some).view()
        view = view._replace(slope=view.slope + rng.normal(0, 0.02))
        grow = np.exp(rng.normal(0, 0.1, 2))
    size = np.array([view.width, view.height]) * grow
    centre = np.array([view.left + view.width / 2, view.top + view.height / 2])
    centre += rng.normal(0, 0.035, 2) * size
    # The characters stay in sight.
    text = np.array([[row.left, row.top], [row.right, row.bottom]])
    size = np.maximum(size, 1.03 * (text[1] - text[0]))
    centre = np.clip(centre, text[1] - size / 2, text[0] + size / 2)
    return View(*(centre - size / 2), *size, view.slope)


def boxes_in_view(boxes: Floats, view: View) -> Floats:
    """Give boxes as fractions of a view."""
    middle = boxes[:, [0, 2]].mean(axis=1) - view.left - view.width / 2
    level = boxes - np.column_stack([0 * middle, view.slope * middle] * 2)
    return (level - [view.left, view.top] * 2) / ([view.width, view.height] * 2)


def photograph(pixels: Pixels, rng: np.random.Generator) -> Floats:
    """Vary light, sharpness and polarity, and give it as the network sees it."""
    picture = pixels.astype(np.float32)
    if rng.random() < 0.3:
        picture = 255 - picture
    if rng.random() < 0.25:  # uneven light
        across, along = np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT)[:, np.newaxis]
        picture = picture * rng.uniform(0.5, 1) + rng.normal(0, 40) * across
        picture = picture + rng.normal(0, 30) * along
    if rng.random() < 0.2:  # a shadow's edge
        picture[:, rng.integers(WIDTH) :] *= rng.uniform(0.4, 1)
    if rng.random() < 0.3:
        across, along = rng.uniform(0.4, [1.6, 1.1])
        picture = cv2.GaussianBlur(picture, (0, 0), across, sigmaY=along)
    if rng.random() < 0.2:  # taken from afar
        scale = rng.uniform(0.35, 0.7)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (WIDTH, HEIGHT))
    if rng.random() < 0.3:
        picture = 255 * np.clip(picture / 255, 0, 1) ** np.exp(rng.normal(0, 0.35))
    picture = picture + rng.normal(0, rng.uniform(0, 9), picture.shape)
    if rng.random() < 0.3:  # over- or underexposed
        mean = picture.mean()
        picture = ((picture - mean) * rng.uniform(0.8, 2) + mean + rng.normal(0, 30)).clip(0, 255)
    return _column_network.normalize(picture.astype(np.float32))


def make_target(boxes: Floats) -> Floats:
    """Give, for each column: is a character's centre here, does it count, and the four edges."""
    target = np.zeros((N_COLUMNS, 6), np.float32)
    target[:, 1] = 1
    target[:, 2:] = (0.5, 0.5, 0, 1)  # any box will do where there is none
    x = (np.arange(N_COLUMNS) + 0.5) / N_COLUMNS
    nearest = np.full(N_COLUMNS, np.inf)
    column = 1 / N_COLUMNS
    for left, top, right, bottom in boxes:
        distance = np.abs(x - (left + right) / 2)
        nearby = distance <= max(1.5 * column, 0.3 * (right - left))
        target[nearby & (target[:, 0] == 0), 1] = 0
        inside = distance <= max(0.75 * column, 0.15 * (right - left))
        inside &= distance < nearest
        nearest[inside] = distance[inside]
        target[inside, :2] = 1
        target[inside, 2] = (x[inside] - left) * WIDTH / DISTANCE_UNIT
        target[inside, 3] = (right - x[inside]) * WIDTH / DISTANCE_UNIT
        target[inside, 4:] = (top, bottom)
    return target


# --- the network ----------------------------------------------------------------------------------


def build_network() -> keras.Model:
    """Build with Keras what `_column_network` runs with NumPy."""
    seeds = iter(range(100))

    def convolve(x: Any, channels: int, size: tuple[int, int], **options: Any) -> Any:
        start = keras.initializers.HeNormal(seed=next(seeds))
        x = layers.Conv2D(channels, size, use_bias=False, kernel_initializer=start, **options)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    x = view = keras.Input((HEIGHT, WIDTH, 1))
    for channels, step in zip(CHANNELS, ((2, 2), (2, 1), (2, 1)), strict=False):
        x = convolve(x, channels, (3, 3), strides=step, padding="same")
    x = convolve(layers.ZeroPadding2D((0, 1))(x), CHANNELS[-1], (5, 3))
    for dilation in (1, 2, 4):
        along = convolve(x, CHANNELS[-1], (1, 5), padding="same", dilation_rate=(1, dilation))
        x = layers.Add()([x, along])
    start = keras.initializers.HeNormal(seed=next(seeds))
    outputs = layers.Conv2D(5, 1, kernel_initializer=start)(x)
    return keras.Model(view, layers.Reshape((N_COLUMNS, 5))(outputs))


def loss(target: Any, outputs: Any) -> Any:
    """Focal cross-entropy of the centres, and overlap and distance of their boxes."""
    centre, counts = target[..., 0], target[..., 1]
    entropy = ops.binary_crossentropy(centre, outputs[..., 0], from_logits=True)
    probability = ops.sigmoid(outputs[..., 0])
    miss = ops.where(centre > 0, 1 - probability, probability)
    edges, true = outputs[..., 1:], target[..., 2:]
    width = ops.minimum(edges[..., 0], true[..., 0]) + ops.minimum(edges[..., 1], true[..., 1])
    height = ops.minimum(edges[..., 3], true[..., 3]) - ops.maximum(edges[..., 2], true[..., 2])
    common = ops.maximum(width, 0) * ops.maximum(height, 0)
    overlap = common / (area(edges) + area(true) - common + 1e-6)
    boxes = 1 - overlap + ops.sum(ops.abs(edges - true), axis=-1)
    return 4 * ops.mean(counts * (entropy * (0.2 + miss**1.5) + centre * boxes), axis=-1)


def area(edges: Any) -> Any:
    width, height = edges[..., 0] + edges[..., 1], edges[..., 3] - edges[..., 2]
    return ops.maximum(width, 0.01) * ops.maximum(height, 0.01)


def fit(
    network: keras.Model, plates: Sequence[Plate], epochs: int, rng: np.random.Generator
) -> None:
    n_plates = min(PLATES_PER_EPOCH, len(plates))
    n_steps = epochs * -(-n_plates // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(
        2e-4, n_steps, warmup_target=2e-3, warmup_steps=n_steps // 20
    )
    network.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4), loss)
    for epoch in range(epochs):
        some = [plates[index] for index in rng.choice(len(plates), n_plates, replace=False)]
        views = [draw_view(plate, rng) for plate in some]
        inputs = [
            photograph(view.cut(plate.pixels, HEIGHT, WIDTH), rng)
            for plate, view in zip(some, views, strict=True)
        ]
        targets = [
            make_target(boxes_in_view(plate.boxes, view))
            for plate, view in zip(some, views, strict=True)
        ]
        history = network.fit(
            np.stack(inputs)[..., np.newaxis],
            np.stack(targets),
            batch_size=BATCH_SIZE,
            shuffle=False,
            verbose=0,
        )
        print(f"  epoch {epoch}: loss {history.history['loss'][0]:.3f}", flush=True)


def save_weights(network: keras.Model) -> None:
    """Save kernels and biases with the batch normalization folded in; the segmenter uses them."""
    arrays: dict[str, Floats] = {}
    n_layers = 0
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D):
            kernel, *bias = layer.get_weights()
            arrays[f"kernel_{n_layers}"] = kernel
            arrays[f"bias_{n_layers}"] = bias[0] if bias else np.zeros(kernel.shape[-1])
            n_layers += 1
        elif isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            arrays[f"kernel_{n_layers - 1}"] = arrays[f"kernel_{n_layers - 1}"] * scale
            arrays[f"bias_{n_layers - 1}"] = beta - mean * scale
    halved = {name: part.astype(np.float16) for name, part in arrays.items()}
    np.savez_compressed(_column_network.WEIGHTS, **halved)
    _column_network.load_weights.cache_clear()


if __name__ == "__main__":
    main()
