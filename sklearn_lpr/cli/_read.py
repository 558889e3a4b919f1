"""The command ``read``: photos to a table of plates."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..applications import iter_photos
from ._draw import OPENCV_DRAWS_ASCII_ONLY, draw_plates
from ._messages import check_folder, check_new, check_writable, count, warn
from ._model import format_option, load_model, model_option
from ._photo_paths import TargetPaths, check_outside, expand, write_photo
from ._plate_table import PlateTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read"]


@click.command()
@click.argument("photos", nargs=-1, required=True)
@format_option
@model_option
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(dir_okay=False, allow_dash=True),
    default="-",
    help="The table to write; - is standard output, the default.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file of --csv if it exists.")
@click.option(
    "--draw",
    "draw_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the photos that show plates, with outlines and texts.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Leave out plates with a lower confidence, and photos without a plate unless it is 0.",
)
@click.option("--jobs", type=int, default=-1, help="Number of threads; -1 (default): all cores.")
@click.option("--quiet", is_flag=True, help="Show neither progress nor a summary.")
@click.pass_context
def read(
    ctx: click.Context,
    photos: tuple[str, ...],
    formats: tuple[str, ...],
    model: Path | None,
    csv_path: str,
    overwrite: bool,
    draw_folder: Path | None,
    min_confidence: float,
    jobs: int,
    quiet: bool,
) -> None:
    """Find and read all plates in PHOTOS and write a table with one row per plate.

    PHOTOS are files, folders, patterns such as 'photos/*.jpg', or - for a list of paths on
    standard input, one per line. A photo that cannot be read has a row with its error, and the
    exit code is 1. load_plates of the package loads the table as labels, after you have corrected
    it.
    """
    if math.isnan(min_confidence):
        raise click.UsageError("--min-confidence nan: pass a number from 0 to 1.")
    if jobs == 0:
        raise click.UsageError("--jobs 0: pass the number of threads, or -1 for all cores.")
    if csv_path != "-":
        check_writable("--csv", Path(csv_path))
        if not overwrite:
            check_new("--csv", Path(csv_path), "its texts may have been corrected")
    check_folder("--draw", draw_folder)
    if draw_folder is not None:
        check_outside("--draw", draw_folder, Path.cwd(), "the working directory")
    recognizer = load_model(model, formats)
    paths, n_skipped = expand(photos, "--draw", draw_folder)
    if n_skipped and not quiet:
        click.echo(f"{count(n_skipped, 'photo')} in --draw {draw_folder} are skipped.", err=True)
    targets = None if draw_folder is None else TargetPaths(draw_folder, Path.cwd())
    if targets is not None:
        targets.check(photos)
    n_photos = n_plates = n_without = n_failed = n_replaced = 0
    all_drawn = True
    # Errors of the recognizer are raised before the table has its header.
    tables = iter_photos(
        paths,
        recognizer,
        on_error="record",
        n_jobs=jobs,
        verbose=int(not quiet and sys.stderr.isatty()),
    )
    with PlateTable(csv_path) as table:
        for rows in tables:
            kept = rows[(rows.confidence >= min_confidence) | rows.error.notna()]
            table.write(kept)
            failed = rows[rows.error.notna()]
            n_photos += rows["file"].nunique()
            n_plates += int((kept["rows"] > 0).sum())
            n_without += int(((rows["rows"] == 0) & rows.error.isna()).sum())
            n_failed += failed["file"].nunique()
            for error in failed.error:
                warn(error)
            if targets is not None:
                n_replaced += _draw(kept, targets)
                all_drawn &= not OPENCV_DRAWS_ASCII_ONLY or all(map(str.isascii, kept.text))
    if not all_drawn:
        warn(
            "--draw: OpenCV 4 draws ASCII characters only, and the others as their codes, such as "
            "\\u4eac; the table has the texts. Install OpenCV 5 to draw them."
        )
    if not quiet:
        least = f" with a confidence of at least {min_confidence:g}" if min_confidence else ""
        click.echo(
            f"{count(n_photos - n_failed, 'photo')} read: {count(n_plates, 'plate')}{least}, "
            f"{count(n_without, 'photo')} without a plate; {count(n_failed, 'photo')} with "
            "errors.",
            err=True,
        )
        if n_replaced:
            click.echo(
                f"This replaced {count(n_replaced, 'file')} in --draw {draw_folder}.", err=True
            )
    if n_failed:
        ctx.exit(1)


def _draw(rows: "pd.DataFrame", targets: TargetPaths) -> int:
    """Draw the plates of each photo that shows some; return how many files were replaced."""
    found = rows[rows.x1.notna() & rows.error.isna()]
    return sum(
        write_photo(targets(str(photo), ".jpg"), draw_plates(str(photo), plates))
        for photo, plates in found.groupby("file", sort=False)
    )
