"""Measure how many small faults, planted in the modules that compute, the tests detect.

Run from the project's root, with cosmic-ray installed besides the development tools::

    python benchmarks/mutation.py --n-mutants 200 --output benchmarks/results/mutation.md

Each mutant is planted in a temporary copy of the package. The exit status is 1 if fewer than 90 %
of the mutants that are not equivalent are killed. With ``--memory FILE`` the results are noted in
the file, and mutants with a result are not run again; ``--retry``, after new tests were written,
runs the survivors again. Linux only.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _equivalent_mutants import EQUIVALENT
from _mutants import Mutant, draw_mutants
from _mutation_sandbox import KILLED, SURVIVED, TIMEOUT, Outcome, Sandbox
from _mutation_targets import computing_modules, related_tests
from _report import argument_parser, publish

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT_RESULT = "equivalent"
MIN_KILLED = 0.9

TEXT = """
A mutant is a small change of one line: another operator, a number plus or minus one, a condition
negated, a decorator or a loop left out. cosmic-ray makes them. The places are drawn at random
(seed {seed}) from {n_modules} modules: images, preprocessing, detection, decoding, metrics,
augmentation, calibration, ensemble, syntax, model selection, networks, training, privacy, and what
computes in other packages.

A mutant counts as killed if a test fails: of the test files that belong to its module and of its
doctests{others}. Tests marked `slow` are left out. Each test that failed was checked to pass
without the mutant. A run of more than {timeout} s of processor time is a timeout, and counts as
killed. Equivalent mutants do what the original does; they are judged by hand, with reasons below.
Tests were added for the survivors of earlier runs of the sample, so the rate is not an estimate for
other mutants.

{killed} of {n_effective} mutants that are not equivalent are killed, or {rate:.1%}.

Survivors:

{survivors}

Equivalent:

{equivalent}
"""

_OTHERS = "; if none fails, of the files of its package and of the modules that import it"


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-mutants", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--module", metavar="TEXT", default="", help="only paths with this text")
    parser.add_argument(
        "--timeout", type=int, default=120, help="processor seconds after which a run is ended"
    )
    parser.add_argument(
        "--own-tests", action="store_true", help="run only the test files of the module itself"
    )
    parser.add_argument("--memory", type=Path, metavar="FILE", help="JSON file of results")
    parser.add_argument("--retry", action="store_true", help="run survivors in the memory again")
    arguments = parser.parse_args()
    modules = [name for name in computing_modules(ROOT) if arguments.module in name]
    mutants = draw_mutants(ROOT, modules, arguments.n_mutants, arguments.seed)
    memory = Memory(arguments.memory)
    results: list[str] = []
    with Sandbox(ROOT, arguments.timeout) as sandbox:
        for number, mutant in enumerate(mutants):
            if mutant.change in EQUIVALENT:
                results.append(EQUIVALENT_RESULT)
                continue
            known = memory.get(mutant)
            if known is None or (arguments.retry and known[0] == SURVIVED):
                outcome = judge(sandbox, mutant, own_only=arguments.own_tests)
                memory.add(mutant, outcome)
                print(number, describe(mutant), outcome, flush=True)
                known = outcome.result, outcome.test
            results.append(known[0])
        check_passing(sandbox, mutants, memory)
    n_effective = len(results) - results.count(EQUIVALENT_RESULT)
    killed = results.count(KILLED) + results.count(TIMEOUT)
    rate = killed / n_effective if n_effective else 1.0
    publish(
        "Mutation of the modules that compute",
        TEXT.format(
            seed=arguments.seed,
            n_modules=len(modules),
            timeout=arguments.timeout,
            others="" if arguments.own_tests else _OTHERS,
            killed=killed,
            n_effective=n_effective,
            rate=rate,
            survivors=listing(mutants, results, SURVIVED),
            equivalent=listing(mutants, results, EQUIVALENT_RESULT),
        ),
        table(mutants, results),
        arguments.output,
    )
    sys.exit(rate < MIN_KILLED)


def judge(sandbox: Sandbox, mutant: Mutant, *, own_only: bool) -> Outcome:
    """Return the first outcome other than SURVIVED, or the last one."""
    own, others = related_tests(sandbox.checkout, mutant.module)
    for tests in [own] if own_only else [own, others]:
        outcome = sandbox.run(tests, mutant.module, mutant.source)
        if outcome.result != SURVIVED:
            break
    return outcome


def check_passing(sandbox: Sandbox, mutants: Sequence[Mutant], memory: "Memory") -> None:
    """Raise an error if a test that has failed, fails or is too slow without a mutant as well."""
    named: set[str] = set()
    runs: list[tuple[list[str], int]] = []
    for mutant in mutants:
        result, test = memory.get(mutant) or (SURVIVED, "")
        if test.endswith(".py") or "::" in test:
            named.add(test)
        elif result != SURVIVED:  # a timeout, or a failure without the name of a test
            runs.append((related_tests(sandbox.checkout, mutant.module)[0], 1))
    if named:
        runs.append((sorted(named), len(named)))
    for names, n_limits in runs:
        outcome = sandbox.run(names, n_limits=n_limits)
        if outcome.result != SURVIVED:
            output = sandbox.log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"{outcome} without any mutant:\n{output}")


class Memory:
    """The results of mutants, in a file if one is given."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        exists = file is not None and file.is_file()
        self._results = json.loads(file.read_text(encoding="utf-8")) if file and exists else {}

    def get(self, mutant: Mutant) -> tuple[str, str] | None:
        """Return the result and the first failed test, or None."""
        result = self._results.get(" | ".join(mutant.change))
        return None if result is None else (result[0], result[1])

    def add(self, mutant: Mutant, outcome: Outcome) -> None:
        """Note a result."""
        self._results[" | ".join(mutant.change)] = (outcome.result, outcome.test)
        if self._file is not None:
            self._file.write_text(json.dumps(self._results, indent=1), encoding="utf-8")


def describe(mutant: Mutant) -> str:
    """Return module, line and change."""
    name = mutant.module.removeprefix("sklearn_lpr/")
    change = (
        f"`{mutant.before}` → `{mutant.after}`" if mutant.after else f"without `{mutant.before}`"
    )
    return f"{name}:{mutant.line}: {change}"


def listing(mutants: Sequence[Mutant], results: Sequence[str], wanted: str) -> str:
    """Return a list of the mutants with a result, with the reasons of equivalent ones."""
    chosen = [mutant for mutant, result in zip(mutants, results, strict=True) if result == wanted]
    chosen.sort(key=lambda mutant: (mutant.module, mutant.line))
    lines = [f"- {describe(mutant)}: {EQUIVALENT.get(mutant.change, '')}" for mutant in chosen]
    return "\n".join(line.removesuffix(": ") for line in lines) or "none"


def table(mutants: Sequence[Mutant], results: Sequence[str]) -> list[dict[str, Any]]:
    """Count results by package."""
    packages = [mutant.module.split("/")[1] for mutant in mutants]
    rows = []
    for package in [*sorted(set(packages)), "all"]:
        chosen = [
            result
            for name, result in zip(packages, results, strict=True)
            if package in (name, "all")
        ]
        counts = {
            name: chosen.count(name) for name in (KILLED, TIMEOUT, SURVIVED, EQUIVALENT_RESULT)
        }
        rows.append({"package": package, "mutants": len(chosen), **counts})
    return rows


if __name__ == "__main__":
    main()
