"""The command ``evaluate``: the accuracy on labelled plates."""

from pathlib import Path

import click

from ._labels import image_folder_option, load_labels
from ._messages import Failure, check_new, check_writable
from ._model import format_option, load_model, model_option

__all__ = ["evaluate"]


@click.command()
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@format_option
@model_option
@image_folder_option
@click.option("--crops", is_flag=True, help="The images are tight crops of plates.")
@click.option("--split", help="Evaluate the rows with this value in the column 'split'.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Break the scores down by a column.")
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for all predictions.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file of --csv if it exists.")
def evaluate(
    labels: Path,
    formats: tuple[str, ...],
    model: Path | None,
    image_folder: Path | None,
    crops: bool,
    split: str | None,
    by: tuple[str, ...],
    csv_path: Path | None,
    overwrite: bool,
) -> None:
    """Evaluate the recognizer on LABELS, a CSV file or folder that load_plates loads.

    Plates are cropped by the corners in the labels where there are some, and detected otherwise.
    """
    from ..inspection import evaluate_plates
    from ..recognition import read_plates

    check_writable("--csv", csv_path)
    source = labels / "labels.csv" if labels.is_dir() else labels
    if csv_path is not None and csv_path.resolve() == source.resolve():
        raise Failure(f"--csv {csv_path} is the file of the labels; choose another name.")
    if csv_path is not None and not overwrite:
        check_new("--csv", csv_path, "may hold labels or the predictions of another model")
    recognizer = load_model(model, formats, detect=not crops)
    plates = load_labels(labels, split, image_folder)
    missing = [name for name in by if name not in plates.frame]
    if missing:
        raise click.UsageError(
            f"--by {missing[0]}: there is no such column; the labels have {list(plates.frame)}."
        )
    predictions = read_plates(recognizer, plates.data)
    groups = {name: plates.frame[name] for name in by}
    click.echo(str(evaluate_plates(plates.target, predictions, groups=groups, random_state=0)))
    if csv_path is not None:
        table = plates.frame[["file", "text"]].assign(
            prediction=[each.text for each in predictions],
            confidence=[each.confidence for each in predictions],
        )
        table.to_csv(csv_path, index=False, errors="backslashreplace")
