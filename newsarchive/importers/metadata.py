"""Front matter of any program -> the fields of a Draft, each with where it was read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from newsarchive.importers.assembly import Draft
from newsarchive.importers.types import DateSource
from newsarchive.messages import Message

from .fields import dates, lists, outlets, urls
from .fields import front_matter_keys as keys
from .fields.encoding import squeeze
from .fields.front_matter import FrontMatter, same_key
from .fields.outlets import Outlet

_FLAGS = frozenset({"true", "false", "yes", "no", "1", "0"})  # Jekyll's `published: false`
_LINK = re.compile(r"\[[^\[\]]*\]\(\s*<?(\S+?)>?\s*\)|<(https?://[^<>\s]+)>|(?<!\S)((?:https?:)?//\S+)")
_CLIPPER_KEYS = frozenset({"latitude", "altitude", "completed"})  # only Joplin's notes have them
_MOST_KEYS_NAMED = 8  # in one problem


def fill(draft: Draft, head: FrontMatter, path: str) -> None:
    """Sets everything but title and body. `path` is the file's: its name may begin with the date."""
    _addresses(draft, head)
    draft.outlet = _outlet(draft, head)
    _dates(draft, head, path)
    _authors(draft, head)
    draft.categories = _list(draft, head, "categories", keys.CATEGORIES)
    draft.tags = _list(draft, head, "tags", keys.TAGS)


def title(head: FrontMatter, draft: Draft) -> str:
    return _noted(draft, head, "title", keys.TITLE)


def finish_keys(draft: Draft, head: FrontMatter) -> None:
    """Keeps the keys that nothing was made of, and names those of no known program."""
    extra = head.unread()
    draft.extra |= extra
    strange = [key for key in extra if not _is_understood(key)]
    if strange:
        draft.problems.append(Message("keys_not_understood", keys=", ".join(strange[:_MOST_KEYS_NAMED])))


def _is_understood(key: str) -> bool:
    same = same_key(key.partition(".")[0])
    return keys.is_of_program(same) or keys.is_known(same)


def _noted(draft: Draft, head: FrontMatter, field: str, names: tuple[str, ...]) -> str:
    written = head.key_of(*names)
    if not written:
        return ""
    draft.origins[field] = f"front matter: {written}"
    return head.text(written)


def _list(draft: Draft, head: FrontMatter, field: str, names: tuple[str, ...]) -> tuple[str, ...]:
    written = head.key_of(*names)
    if written:
        draft.origins[field] = f"front matter: {written}"
    return lists.tags(head.items(written)) if written else ()


# -- addresses and outlet ----------------------------------------------------------------------------------


def _addresses(draft: Draft, head: FrontMatter) -> None:
    """The source's address, and that of an archived copy with the time of its capture: each from the first
    key that has it."""
    for names, archives_only in ((keys.ADDRESS, False), (keys.ARCHIVED, True)):
        for name in names:
            written = head.key_of(name)
            address = address_in(head.text(written)) if written else ""
            copy, captured_at = urls.archived(address)
            if copy and not draft.archived_url:
                draft.archived_url, draft.captured_at = copy, captured_at
                draft.origins["archived_url"] = f"front matter: {written}"
            elif address and not copy and archives_only and not draft.archived_url:
                draft.archived_url = address
                draft.origins["archived_url"] = f"front matter: {written}"
            elif address and not copy and not archives_only and not draft.source_url:
                draft.source_url = address
                draft.origins["source_url"] = f"front matter: {written}"
            elif written and not address:
                head.read.discard(written)  # a word, perhaps the outlet's name
    if not draft.source_url and (original := urls.original(draft.archived_url)) != draft.archived_url:
        draft.source_url = original
        draft.origins["source_url"] = draft.origins.get("archived_url", "")


def address_in(value: str) -> str:
    """The address in a value, which may be a Markdown link, or stand in pointed brackets; "" when it has
    none."""
    value = value.strip()
    if urls.absolute(value):
        return value
    match = _LINK.search(value)
    found = next(filter(None, match.groups()), "") if match else ""
    if urls.absolute(found):
        return found
    return f"https://{value}" if urls.is_bare_address(value) else ""


def _outlet(draft: Draft, head: FrontMatter) -> Outlet:
    """Known by the address; else as a key names it; else by the address's host. Never a category or tag."""
    known = outlets.by_address(draft.source_url) if draft.source_url else None
    for name in (*keys.OUTLET, *keys.ADDRESS):
        written = head.key_of(name)
        said = lists.plain(head.text(written)) if written else ""
        if (
            not said
            or address_in(said)
            or said.casefold() in _FLAGS
            or len(said) > 60
            or said.startswith("/")
        ):
            if written and said.startswith("/"):
                continue
            if written and not address_in(said):
                head.read.discard(written)
            continue
        if known is None:
            known = _named(said, draft.source_url)
            draft.origins["outlet"] = f"front matter: {written}"
        return known
    if known is None and draft.source_url:
        known = outlets.of_unknown_site(draft.source_url)
    if known is not None and known.name:
        draft.origins["outlet"] = "address"
    return known or Outlet("")


def _named(name: str, address: str) -> Outlet:
    named = outlets.by_name(squeeze(name))
    if named.homepage or not address:
        return named
    return Outlet(named.name, outlets.of_unknown_site(address).homepage, named.language)


# -- dates -------------------------------------------------------------------------------------------------


def _dates(draft: Draft, head: FrontMatter, path: str) -> None:
    for name in keys.DATE:
        written = head.key_of(name)
        said = head.text(written) if written else ""
        if said and said.casefold() not in _FLAGS and draft.published is None:
            draft.date(lists.plain(said), DateSource.FRONT_MATTER)
            if draft.published:
                draft.origins["published"] = f"front matter: {written}"
    created = head.key_of(*keys.CREATED)
    captured = head.key_of(*keys.CAPTURED)
    if created and draft.published is None and not _is_clipping(head):
        draft.date(head.text(created), DateSource.FRONT_MATTER)
        if draft.published:
            draft.origins["published"] = f"front matter: {created}"
    elif created:
        captured = captured or created
    if captured and draft.captured_at is None:
        draft.captured_at = _moment(head.text(captured), draft.outlet)
        draft.origins["captured_at"] = f"front matter: {captured}"
    updated = head.key_of(*keys.UPDATED)
    draft.updated_at = dates.naive(head.text(updated)) if updated else None
    if draft.published is None:
        _from_names(draft, path)


def _is_clipping(head: FrontMatter) -> bool:
    """Whether a web clipper wrote it: `created` is then the time of clipping. Clippers name the page they
    were on as `source`; Joplin adds where the reader was."""
    if "clippings" in (tag.casefold().lstrip("#") for tag in head.items(*keys.TAGS)):
        return True
    places = {same_key(key) for key in head.values}
    return bool(_CLIPPER_KEYS & places) and "source" in places and bool(address_in(head.text("source")))


def _moment(said: str, outlet: Outlet) -> datetime | None:
    when = dates.published(said, DateSource.CAPTURE, zone=outlet.zone)
    if when is None:
        return None
    return (when.at or datetime(when.day.year, when.day.month, when.day.day, tzinfo=UTC)).astimezone(UTC)


def _from_names(draft: Draft, path: str) -> None:
    """The date in the address or in the file's name; of an unread date these say what was meant. Last comes
    the time of the capture, as an estimate."""
    in_address, in_name = dates.in_address(draft.source_url), dates.in_file_name(path)
    if in_address or in_name:
        draft.published = in_address or in_name
        draft.problems.append(Message("date_from_address" if in_address else "date_from_file_name"))
        draft.origins["published"] = "address" if in_address else "file name"
        return
    if draft.captured_at is not None and not draft.problems_of("date_ambiguous", "date_unreadable"):
        draft.published = dates.estimated(draft.captured_at, "", zone=draft.outlet.zone)
        draft.problems.append(Message("date_from_capture"))
        draft.origins["published"] = "capture"


# -- authors -----------------------------------------------------------------------------------------------


def _authors(draft: Draft, head: FrontMatter) -> None:
    written = head.key_of(*keys.AUTHOR)
    if not written:
        return
    values = head.items(written)
    draft.byline = squeeze("、".join(lists.plain(value) for value in values))
    draft.authors, draft.column = lists.persons(values, draft.outlet.name)
    draft.origins["authors"] = f"front matter: {written}"
