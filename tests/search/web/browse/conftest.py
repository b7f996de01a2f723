from collections.abc import Iterator

import pytest

from newsarchive.archive.holdings import census


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    """What one test's archive holds is not what the next one's does."""
    census.forget()
    yield
    census.forget()
