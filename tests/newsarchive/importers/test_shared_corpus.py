"""Real files of every format, which are not part of the project, where they are at hand."""

import os
from pathlib import Path

import pytest

from newsarchive.importers import registry
from newsarchive.importers.types import SourceFile

from .comparison import Case, cases, differences
from .samples import AGENCIES

SHARED = Path(os.environ.get("NEWSARCHIVE_SHARED", Path(__file__).parents[4] / "shared"))
FILES = SHARED / "corpus" / "other"
CASES = cases(FILES / "expected", FILES)

pytestmark = pytest.mark.skipif(not CASES, reason=f"the shared corpus is not in {SHARED}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_real_file_parses_to_its_expected_article(case: Case) -> None:
    article = registry.parse(SourceFile(case.path.name, case.path.read_bytes()), AGENCIES)

    assert differences(article, case.expected) == []
