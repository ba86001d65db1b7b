"""How far two readers agree on the answers that they judged, and what they make of these.

``python -m eval.agreement A.csv B.csv`` reads two filled sheets of ``sourcier eval --sheet``
(the protocol stands in ``docs/evaluation.md``) and prints, for each criterion, both readers'
means, the share of equal grades and Cohen's kappa (1960; weighted by squares, 1968, where
grades are ordered); then what each makes of the answers, over all and by kind.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from sklearn.metrics import cohen_kappa_score

from rag.evaluation.report.sheet import CATEGORY, GRADES, ID, OUTSIDE, REFUSALS

Row = Mapping[str, str]

REFUSES, _, _, INVENTS = REFUSALS
CORRECT = GRADES[0]
BEST = 2


def sheet(path: Path) -> dict[str, Row]:
    """The rows of a sheet by id; refused where a cell to fill is not, or holds no grade."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: dict[str, Row] = {row[ID]: row for row in csv.DictReader(file, delimiter=";")}
    faults = [
        f"{path}: {name}, {column}: {row[column]!r}"
        for name, row in rows.items()
        for column in (*GRADES, *REFUSALS)
        if row[column] not in ("0", "1", *(("2",) if column in GRADES else ()), OUTSIDE)
    ]
    if faults:
        raise SystemExit("\n".join(faults))
    return rows


def verdict(row: Row) -> str:
    """What a reader made of an answer: the words of the protocol."""
    if row[REFUSES] != OUTSIDE:
        return "false" if row[INVENTS] == "1" else "refused"
    if row[CORRECT] == OUTSIDE:
        return "silent"
    grades = [int(row[each]) for each in GRADES]
    if grades[0] == 0:
        return "wrong"
    return "good" if grades[0] == BEST and min(grades) > 0 else "partial"


def compare(one: Mapping[str, Row], other: Mapping[str, Row]) -> None:
    """Print both means, the share of equal grades and kappa, criterion by criterion."""
    print("| criterion | answers | mean A | mean B | equal | kappa |")
    print("| --- | --- | --- | --- | --- | --- |")
    for column in (*GRADES, *REFUSALS):
        told = [name for name in one if one[name][column] != OUTSIDE]
        left = [int(one[name][column]) for name in told]
        right = [int(other[name][column]) for name in told]
        equal = fmean(a == b for a, b in zip(left, right, strict=True))
        print(
            f"| {column} | {len(told)} | {fmean(left):.2f} | {fmean(right):.2f} | "
            f"{equal:.0%} | {kappa(left, right, ordered=column in GRADES)} |"
        )


def kappa(left: Sequence[int], right: Sequence[int], *, ordered: bool) -> str:
    """Cohen's kappa in words; "–" where all grades are the same, and chance explains them."""
    if len({*left, *right}) == 1:
        return OUTSIDE
    return f"{cohen_kappa_score(left, right, weights='quadratic' if ordered else None):.2f}"


def tell(name: str, rows: Iterable[Row]) -> None:
    """Print how many answers had each verdict, over all and by kind."""
    kinds: dict[str, Counter[str]] = {}
    for row in rows:
        kinds.setdefault(row[CATEGORY], Counter())[verdict(row)] += 1
    total = sum(kinds.values(), Counter())
    print(f"\n{name}: {dict(total.most_common())}")
    for kind, counts in sorted(kinds.items()):
        print(f"  {kind}: {dict(counts.most_common())}")


def main(first: Path, second: Path) -> None:
    one, other = sheet(first), sheet(second)
    if one.keys() != other.keys():
        raise SystemExit("the two sheets are not of the same answers")
    compare(one, other)
    same = fmean(verdict(one[name]) == verdict(other[name]) for name in one)
    print(f"\nSame verdict: {same:.0%} of {len(one)}")
    tell("A", one.values())
    tell("B", other.values())


main(*map(Path, sys.argv[1:3]))
