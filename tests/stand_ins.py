"""Small stand-ins for data sets: synthetic plates in the format of each data set."""

import csv
import re
from pathlib import Path

import cv2
import numpy as np

from sklearn_lpr.datasets import make_plates

BRAZILIAN, MERCOSUR = r"[A-Z]{3}\d{4}", r"[A-Z]{3}\d[A-Z]\d{2}"
# The folders of RodoSol-ALPR: layout of `make_plates`, rows, texts, type of vehicle.
RODOSOL = {
    "cars-br": ("brazil", 1, BRAZILIAN, "car"),
    "cars-me": ("mercosur", 1, MERCOSUR, "car"),
    "motorcycles-br": ("brazil_two_rows", 2, BRAZILIAN, "motorcycle"),
    "motorcycles-me": ("brazil_two_rows", 2, MERCOSUR, "motorcycle"),
}
# The traditional split, in tenths of a folder.
SPLITS = ["training"] * 4 + ["validation"] * 2 + ["testing"] * 4


def draw_plates(n_plates, layout, rows, pattern, random_state=0):
    """Return samples and texts of one layout, with a number of rows and texts of a pattern."""
    plates = make_plates(12 * n_plates, layouts=layout, random_state=random_state)
    chosen = [
        index
        for index, text in enumerate(plates.target)
        if plates.frame["rows"][index] == rows and re.fullmatch(pattern, text)
    ][:n_plates]
    assert len(chosen) == n_plates
    return plates.data[chosen], plates.target[chosen].tolist()


def write_photo(path, sample):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), sample.pixels()[:, :, ::-1])


def describe_corners(sample):
    """Return corners as in the annotations of RodoSol-ALPR and UFPR-ALPR."""
    return " ".join(f"{x},{y}" for x, y in sample.corners.round().astype(int))


def write_rodosol(home):
    """Write RodoSol-ALPR with ten photos a folder."""
    home, lines, number = Path(home), [], 0
    for folder, (layout, rows, pattern, vehicle) in RODOSOL.items():
        samples, texts = draw_plates(len(SPLITS), layout, rows, pattern)
        for sample, text, split in zip(samples, texts, SPLITS, strict=True):
            number += 1
            path = home / "images" / folder / f"img_{number:06d}.jpg"
            write_photo(path, sample)
            path.with_suffix(".txt").write_text(
                f"type: {vehicle}\nplate: {text}\n"
                f"layout: {'Brazilian' if pattern == BRAZILIAN else 'Mercosur'}\n"
                f"corners: {describe_corners(sample)}\n"
            )
            lines.append(f"./images/{folder}/{path.name};{split}\n")
    (home / "split.txt").write_text("".join(lines))


def write_ufpr_alpr(home):
    """Write UFPR-ALPR with five tracks of two frames."""
    samples, texts = draw_plates(5, "brazil", 1, BRAZILIAN, random_state=1)
    splits = ["training", "training", "validation", "testing", "testing"]
    for track, (sample, text, split) in enumerate(zip(samples, texts, splits, strict=True), 1):
        for frame in (1, 2):
            name = f"track{track:04d}"
            path = Path(home) / split / name / f"{name}[{frame:02d}].png"
            write_photo(path, sample)
            path.with_suffix(".txt").write_text(
                f"camera: GoPro Hero4 Silver\ntype: car\nplate: {text[:3]}-{text[3:]}\n"
                f"corners: {describe_corners(sample)}\n"
            )


def write_own_plates(home):
    """Write a folder of photos with labels.csv, without splits."""
    samples, texts = draw_plates(5, "brazil", 1, BRAZILIAN, random_state=2)
    Path(home).mkdir()
    with (Path(home) / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "text", "corners"])
        for number, (sample, text) in enumerate(zip(samples, texts, strict=True)):
            write_photo(Path(home) / f"IMG_{number}.png", sample)
            table.writerow([f"IMG_{number}.png", text, sample.corners.round().astype(int).tolist()])


def draw_gate(samples, rng):
    """Draw a photo of cars side by side, each the surroundings of a plate."""
    photo = np.full((480, 640, 3), (150, 160, 170), np.uint8)
    photo[200:] = (92, 90, 88)
    photo = np.clip(photo + rng.normal(0, 4, photo.shape), 0, 255).astype(np.uint8)
    for place, sample in enumerate(samples):
        back = sample.pixels()
        height, width = back.shape[:2]
        x, y = 320 * place + rng.integers(10, 310 - width), rng.integers(220, 470 - height)
        paint = np.median(back[: height // 4].reshape(-1, 3), axis=0).tolist()
        cv2.rectangle(photo, (x - 5, y - 150), (x + width + 5, y + height + 5), paint, cv2.FILLED)
        photo[y : y + height, x : x + width] = back
    return photo


def write_camera(folder):
    """Write photos of a gate, and a table of their texts: two of each plate, one without a plate.

    On every third photo there is a second car.
    """
    samples, texts = draw_plates(9, "brazil", 1, BRAZILIAN)
    rng = np.random.default_rng(0)
    home = folder / "gate"
    home.mkdir()
    with (home / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "text"])
        for number in range(17):
            cars = [samples[number % 8], samples[8]] if number % 3 == 2 else [samples[number % 8]]
            photo = draw_gate(cars if number < 16 else [], rng)
            name = f"gate_{number:02d}.jpg"
            assert cv2.imwrite(str(home / name), photo[:, :, ::-1])
            table.writerow([name, texts[number % 8]])


def write_data_sets(folder):
    """Write all stand-ins under the names that the documentation uses."""
    write_rodosol(folder / "RodoSol-ALPR")
    write_ufpr_alpr(folder / "UFPR-ALPR")
    write_own_plates(folder / "own_plates")
