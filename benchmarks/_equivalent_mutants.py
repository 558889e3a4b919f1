"""Mutants that no test can kill, as they do what the original does; judged by hand."""

__all__ = ["EQUIVALENT"]

# (module, original lines, changed lines): the reason.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "sklearn_lpr/images/_map_samples.py",
        "if effective_n_jobs(n_jobs) == 1 or len(samples) == 1:",
        "if effective_n_jobs(n_jobs) == 1 and len(samples) == 1:",
    ): "joblib calls a single job in this thread, too, only more slowly",
    (
        "sklearn_lpr/_detection/_contour_detector.py",
        "small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels",
        "small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 2 else pixels",
    ): "the scale is at most 1, and then the size does not change",
    (
        "sklearn_lpr/decoding/_automaton.py",
        "for pattern, positions in zip(syntax.patterns, syntax.positions, strict=True):",
        "for pattern, positions in zip(syntax.patterns, syntax.positions, strict=False):",
    ): "both always have the same length",
    (
        "sklearn_lpr/preprocessing/_character_network.py",
        "((1, 1), (0, 0), 1),",
        "((1, 1), (0, 1), 1),",
    ): "the padding adds a line of output below, but only the first line is used",
    (
        "sklearn_lpr/training/_progress.py",
        "stopping = EarlyStopping(lambda: (0.0, 0.0), 0.0, 1, [0.0] * n_epochs, weights)",
        "stopping = EarlyStopping(lambda: (0.0, 0.0), 0.0, 2, [0.0] * n_epochs, weights)",
    ): "only the names, shapes and dtypes of its state are used, and these do not depend on it",
    (
        "sklearn_lpr/syntax/_plate_syntax.py",
        "positions: tuple[tuple[str, ...], ...] = field(compare=False)",
        "positions: tuple[tuple[str, ...], ...] = field(compare=True)",
    ): "equal patterns have equal positions",
    (
        "sklearn_lpr/preprocessing/_plate_rows.py",
        "def find_rows(pixels: npt.NDArray[np.uint8], *, known: bool = False) -> RowSplit:",
        "def find_rows(pixels: npt.NDArray[np.uint8], /, known: bool = False) -> RowSplit:",
    ): "the package passes the image by its position and `known` by its name",
    (
        "sklearn_lpr/inspection/_character_boxes.py",
        "mask = cv2.copyMakeBorder(large, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0) > 127",
        "mask = cv2.copyMakeBorder(large, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value= 1) > 127",
    ): "a border of 0 or of 1 is below the threshold",
    (
        "sklearn_lpr/images/_zeroed.py",
        "while place + 8 <= len(content):",
        "while place + 9 <= len(content):",
    ): "a chunk at the end of a file that has no content has no zeros",
    (
        "sklearn_lpr/metrics/_detection.py",
        "overlaps = [ 0.0",
        "overlaps = [ -1.0",
    ): "the threshold of the overlap is above 0",
    (
        "sklearn_lpr/_detection/_photo_search.py",
        "if pixels.shape[1::-1] != size:",
        "if pixels.shape[1::- 2] != size:",
    ): "the condition is always true then, and resizing to the same size copies the pixels",
    (
        "sklearn_lpr/applications/_linking.py",
        "ages = np.reshape([time - track.end for track in self.active], (-1, 1))",
        "ages = np.reshape([time - track.end for track in self.active], (- 2, 1))",
    ): "NumPy infers a dimension for each negative number",
    (
        "sklearn_lpr/calibration/_rejecting_recognizer_cv.py",
        "for index, prediction in zip(fold.indices, fold.predictions, strict=True)",
        "for index, prediction in zip(fold.indices, fold.predictions, strict=False)",
    ): "both have the same length, which is checked where they are computed",
    (
        "sklearn_lpr/detection/_corner_examples.py",
        "low, high = quad.min(axis=0).clip(0, sides), quad.max(axis=0).clip(0, sides)",
        "low, high = quad.min(axis=0).clip( 1, sides), quad.max(axis=0).clip(0, sides)",
    ): "the product with a number below 0.95 is rounded down to 0 for all numbers up to 1",
    (
        "sklearn_lpr/networks/_spatial_transformer.py",
        'grid = graph.reshape(graph.add("Add", shifts, graph.constant(places)), '
        "0, height, width, 2)",
        'grid = graph.reshape(graph.add("Add", shifts, graph.constant(places)), '
        "-1, height, width, 2)",
    ): "the number of samples is inferred as what it is",
}
