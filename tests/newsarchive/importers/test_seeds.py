"""The five seed files against what a careful reader takes from them."""

from pathlib import Path

import pytest

from newsarchive.importers import registry
from newsarchive.importers.types import SourceFile

from .comparison import Case, cases, differences
from .samples import AGENCIES

ROOT = Path(__file__).parents[3]
CASES = cases(Path(__file__).parent / "expected", ROOT / "seeds")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_seed_parses_to_its_expected_article(case: Case) -> None:
    article = registry.parse(SourceFile(case.path.name, case.path.read_bytes()), AGENCIES)

    assert differences(article, case.expected) == []


def test_every_seed_has_an_expectation() -> None:
    assert {case.path.name for case in CASES} == {path.name for path in (ROOT / "seeds").glob("*.txt")}
