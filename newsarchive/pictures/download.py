"""Downloads local copies of pictures. An operator starts it; it is off by default.

Each picture is requested from its own host, then from the web archive if the file named a copy there. Each
outcome is saved at once, so running the same command again continues after an interruption. Requests to one
host are at least `pace` seconds apart; a host that does not answer, or refuses further requests (429, 503),
is skipped for the rest of the run.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from newsarchive.archive import visibility
from newsarchive.errors import NotFetched
from newsarchive.messages import Message, stored
from newsarchive.models import Image
from newsarchive.runtime import locks

from . import store
from .safe_http import Fetcher
from .sniff import kind_of
from .store import Picture

_CHUNK: Final = 500
_PATIENCE: Final = 5  # Consecutive failures of one host, after which it is skipped for the rest of the run.

Progress = Callable[[str, Picture.Status, str], None]  # address, what became of it, why


@dataclass(slots=True)
class Report:
    counts: Counter[Picture.Status] = field(default_factory=Counter)
    known: int = 0  # addresses whose outcome was already known before this run
    bytes: int = 0
    interrupted: bool = False

    @property
    def asked(self) -> int:
        return self.counts.total()


def wanted(*, outlet: str = "", stories: Collection[int] | None = None) -> QuerySet[Image]:
    """Pictures with addresses in published articles; of one outlet, or of some stories."""
    images = Image.objects.filter(article__in=visibility.visible()).exclude(src="").order_by("pk")
    if outlet:
        images = images.filter(article__outlet__name=outlet)
    if stories is not None:
        images = images.filter(article__story_id__in=list(stories)) if len(stories) < _CHUNK else images
    return images


def pending(
    images: QuerySet[Image], *, stories: Collection[int] | None = None, retry: bool = False
) -> Iterator[Image | None]:
    """Yields one image for each address that has to be requested, and None for each that is settled. `retry`:
    missing and refused ones are requested again."""
    seen: set[str] = set()
    last = 0
    while chunk := list(images.filter(pk__gt=last).select_related("article")[:_CHUNK]):
        last = chunk[-1].pk
        fresh: dict[str, Image] = {}
        for image in chunk:
            address = store.address_of(image.src)
            if address not in seen and (stories is None or image.article.story_id in stories):
                seen.add(address)
                fresh[address] = image
        known = Picture.objects.in_bulk(list(fresh))
        for address, image in fresh.items():
            yield None if _is_settled(known.get(address), retry=retry) else image


def _is_settled(picture: Picture | None, *, retry: bool) -> bool:
    if picture is None or picture.status == Picture.Status.FAILED:
        return False
    if picture.status == Picture.Status.OK:
        # Fetched before, but the file was lost or damaged, or left out of a backup: it is requested again.
        return store.is_sound(picture.path)
    return not retry


def run(
    todo: Iterator[Image | None],
    fetcher: Fetcher,
    *,
    pace: float,
    limit: int | None = None,
    on_progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Raises BlockingIOError when another run is in progress, OSError when the disk is full."""
    report = Report()
    hosts = _Hosts(pace, stop)
    with locks.held(settings.DATA_DIR / "pictures.lock", wait=False):
        for image in todo:
            if stop():
                report.interrupted = True
                break
            if image is None:
                report.known += 1
                continue
            if limit is not None and report.asked >= limit:
                break
            picture = _gather(image, fetcher, hosts)
            picture.save()
            report.counts[Picture.Status(picture.status)] += 1
            report.bytes += picture.size
            if on_progress:
                on_progress(image.src, Picture.Status(picture.status), picture.reason)
    return report


def _why(troubles: Sequence[Message]) -> Message:
    if len(troubles) == 2:
        return Message("fetch_both_addresses", first=troubles[0], second=troubles[1])
    return troubles[0]


def _gather(image: Image, fetcher: Fetcher, hosts: _Hosts) -> Picture:
    """Tries the original address, then the archived one."""
    picture = Picture(address=store.address_of(image.src), src=image.src, fetched_at=timezone.now())
    troubles: list[NotFetched] = []
    for url in filter(None, (image.src, image.archived_src)):
        try:
            with hosts.wait_for_turn(url):
                fetched = fetcher.fetch(url)
            kind = kind_of(fetched.data)
            if kind is None:
                raise NotFetched("fetch_no_picture", refused=True)
        except NotFetched as trouble:
            troubles.append(trouble)
            continue
        picture.status, picture.fetched_from = Picture.Status.OK, fetched.url
        picture.sha256 = store.keep(fetched.data, kind)
        picture.media_type, picture.size = kind.media_type, len(fetched.data)
        picture.width, picture.height = kind.width, kind.height
        return picture
    picture.reason = stored(_why([trouble.message for trouble in troubles]))
    if any(not trouble.refused and not trouble.missing for trouble in troubles):
        picture.status = Picture.Status.FAILED
    elif all(trouble.refused for trouble in troubles):
        picture.status = Picture.Status.REFUSED
    else:
        picture.status = Picture.Status.MISSING
    return picture


class _Hosts:
    """When each host may be asked next, and which hosts are skipped."""

    def __init__(self, pace: float, stop: Callable[[], bool]) -> None:
        self._pace, self._stop = pace, stop
        self._next: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    def wait_for_turn(self, url: str) -> _HostRequest:
        """Waits until the host may be asked. Raises NotFetched for a host that is skipped."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            host = ""
        if self._failures[host] >= _PATIENCE:
            raise NotFetched("fetch_host_left_alone")
        while (left := self._next.get(host, 0.0) - time.monotonic()) > 0 and not self._stop():
            time.sleep(min(left, 0.5))
        return _HostRequest(self, host)

    def record_outcome(self, host: str, trouble: BaseException | None) -> None:
        self._next[host] = time.monotonic() + self._pace
        if not isinstance(trouble, NotFetched) or trouble.refused or trouble.missing:
            self._failures[host] = 0
        else:
            self._failures[host] += _PATIENCE if trouble.busy else 1


@dataclass(frozen=True, slots=True)
class _HostRequest:
    hosts: _Hosts
    host: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, trouble: BaseException | None, trace: object) -> None:
        self.hosts.record_outcome(self.host, trouble)
