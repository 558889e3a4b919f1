"""The command ``redact``: make the plates in photos unreadable."""

from pathlib import Path

import click

from ..images import SampleError
from ..privacy import PlateRedactor
from ._messages import check_folder, count, warn
from ._photo_paths import TargetPaths, check_outside, expand, write_photo

__all__ = ["redact"]

# Detected corners may lie inside the plate.
_MARGIN = 0.5
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
_MISSING = {"skip": "raise", "whole": "whole", "copy": "pass"}


@click.command()
@click.argument("source", type=click.Path(exists=True))
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--method",
    type=click.Choice(["fill", "pixelate", "blur"]),
    default="fill",
    show_default=True,
    help="Only fill is safe.",
)
@click.option(
    "--missing",
    type=click.Choice(list(_MISSING)),
    default="skip",
    show_default=True,
    help="A photo in which no plate is found: do not write it, redact all of it, or copy its "
    "pixels.",
)
@click.pass_context
def redact(ctx: click.Context, source: str, target: Path, method: str, missing: str) -> None:
    """Redact the plates in SOURCE, a photo or a folder, and write the photos to the folder TARGET.

    No detector finds all plates: inspect the photos before you publish them. Each edge of a plate
    is moved outwards by half of the plate's height, because detected corners may lie inside the
    plate. The metadata of the files are not copied. If TARGET lies in SOURCE, it is not searched.
    The exit code is 1 if photos are not written or cannot be read. Photos of formats that are
    never read, such as raw photos, are left out of folders with a warning.
    """
    if target.suffix.lower() in _SUFFIXES and not target.exists():
        raise click.UsageError(
            f"TARGET {target} has the name of an image, but TARGET is a folder; pass the folder "
            "to write the photos to."
        )
    folder = Path(source) if Path(source).is_dir() else Path(source).parent
    check_folder("TARGET", target)
    check_outside("TARGET", target, folder, f"the folder {str(folder)!r}")
    photos, n_skipped = expand([source], "TARGET", target)
    if n_skipped:
        click.echo(f"{count(n_skipped, 'photo')} in TARGET {target} are skipped.", err=True)
    redactor = PlateRedactor(method, _MARGIN, locate="detect", missing=_MISSING[missing])
    targets = TargetPaths(target, folder)
    n_written = n_replaced = n_failed = 0
    for photo in photos:
        suffix = Path(photo).suffix
        if suffix.lower() not in _SUFFIXES:
            suffix = ".png"
        try:
            pixels = redactor.transform([photo])[0]
        except SampleError as error:
            warn(_why_not_written(photo, error.reason))
            earlier = targets.of_earlier_run(photo, suffix)
            if earlier is not None:
                warn(f"{str(earlier)!r} is from an earlier run; it is kept as it is.")
            n_failed += 1
            continue
        n_replaced += write_photo(targets(photo, suffix), pixels)
        n_written += 1
    click.echo(f"{count(n_written, 'photo')} written; {n_failed} not written.", err=True)
    if n_replaced:
        click.echo(f"This replaced {count(n_replaced, 'file')} in TARGET {target}.", err=True)
    if n_failed:
        ctx.exit(1)


def _why_not_written(photo: str, reason: str) -> str:
    """Return a message with the path of the photo, which some reasons start with."""
    if reason.startswith(repr(photo)):
        return reason
    advice = " Set "  # the parameter in Python
    return f"{photo!r} is not written: {reason.partition(advice)[0]}"
