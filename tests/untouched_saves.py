"""Saves every form of an archive as it came, in every language, and counts what that changed: nothing may.

    NEWSARCHIVE_DEBUG=1 NEWSARCHIVE_DATA=/tmp/copy DJANGO_SETTINGS_MODULE=newsarchive.settings \\
        python -m tests.untouched_saves [--most N] [--languages zh-hant,en] [--only article,tag]

Each page is asked for, read as a browser reads it and sent back through all of the site's middleware, by an
account of its own. Rows that were written are counted by SQLite itself (`total_changes`), so that not even a
value written over itself goes unseen; at the end every table is the same, byte for byte. Run it on a copy."""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
import time
from collections.abc import Iterator

import django

if __name__ == "__main__":
    django.setup()

from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.test import Client, RequestFactory
from django.utils import translation

from newsarchive.models import Agency, Article, Author, Category, Outlet, Tag
from search.models import DictionaryWord, SynonymGroup
from tests.newsarchive.admin.making import fields_of

MODELS: tuple[type[Model], ...] = (
    Outlet,
    Author,
    Tag,
    Category,
    Agency,
    SynonymGroup,
    DictionaryWord,
    Article,
)
OTHER_TABLES = ("auth_user", "django_session", "sqlite_sequence")  # the account that sends the forms


def writes() -> int:
    """Rows written by this process's connection so far, rolled back or not."""
    connection.ensure_connection()
    count: int = connection.connection.total_changes  # type: ignore[union-attr]
    return count


def save_untouched(client: Client, row: Model) -> str:
    """What went wrong; "" when the form was taken and no row was written."""
    name = row._meta.model_name or ""
    address = f"/admin/{row._meta.app_label}/{name}/{row.pk}/change/"
    page = client.get(address)
    if page.status_code != 200:
        return f"{address}: the page answers {page.status_code}"
    before = writes()
    answer = client.post(address, fields_of(page.content.decode(), f"{name}_form"))
    if answer.status_code != 302:
        return f"{address}: the form is refused: {errors(answer.context)}"
    written = writes() - before
    return f"{address}: {written} rows were written" if written else ""


def read_untouched(request: HttpRequest, row: Model) -> str:
    """The same of the forms without their page: what they show, sent back, is valid and changes no field."""
    admin = site.get_model_admin(type(row))
    row = type(row)._default_manager.get(pk=row.pk)
    kind = admin.get_form(request, row, change=True)
    sets = [formset for formset, _ in admin.get_formsets_with_inlines(request, row)]
    shown = [kind(instance=row), *(formset(instance=row) for formset in sets)]
    page = "".join(str(part) for part in shown)
    sent = QueryDict(mutable=True)
    sent.update(fields_of(f'<form id="alone">{page}</form>', "alone"))
    forms = [kind(sent, instance=row), *(formset(sent, instance=row) for formset in sets)]
    wrong = [form.errors for form in forms if not form.is_valid()]
    changed = [form.changed_data for form in forms[:1]] + [
        form.changed_data for formset in forms[1:] for form in formset.forms
    ]
    return f"{row._meta.model_name} {row.pk}: {wrong} {changed}" if wrong or any(changed) else ""


def errors(context: object) -> str:
    form = context["adminform"].form  # type: ignore[index]
    found = [*form.errors.items()]
    for formset in context["inline_admin_formsets"]:  # type: ignore[index]
        found += [formset.formset.non_form_errors(), *formset.formset.errors]
    return str([error for error in found if error])


def digests() -> dict[str, str]:
    tables = [name for name in connection.introspection.table_names() if name not in OTHER_TABLES]
    return {name: digest(name) for name in tables}


def digest(table: str) -> str:
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608
        for row in iter(cursor.fetchone, None):
            found.update(repr(row).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def rows(models: list[type[Model]], most: int, share: tuple[int, int]) -> Iterator[Model]:
    """At most so many of each, evenly spread; of those this process's share."""
    for model in models:
        numbers = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        step = max(1, len(numbers) // most) if most else 1
        for number in numbers[::step][share[0] :: share[1]]:
            yield model(pk=number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=0, help="forms of each kind; 0: every one")
    parser.add_argument("--languages", default="zh-hant,zh-hans,en")
    parser.add_argument("--only", default="", help="kinds, parted by commas; as article,tag")
    parser.add_argument("--alone", action="store_true", help="forms without their pages: much faster")
    parser.add_argument("--share", default="0/1", help="0/2 and 1/2: two processes, half of the forms each")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    user, _ = User.objects.get_or_create(username="untouched-saves", is_staff=True, is_superuser=True)
    wanted = [kind for kind in options.only.split(",") if kind]
    models = [model for model in MODELS if not wanted or model._meta.model_name in wanted]
    first, of = map(int, options.share.split("/"))
    before, wrong = {} if options.alone else digests(), 0
    for language in options.languages.split(","):
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        client.cookies["django_language"] = language
        request = RequestFactory().get("/admin/")
        request.user = user
        translation.activate(language)
        begun, count = time.monotonic(), 0
        for row in rows(models, options.most, (first, of)):
            count += 1
            if said := read_untouched(request, row) if options.alone else save_untouched(client, row):
                wrong += 1
                print(f"{language} {said}", flush=True)
            if count % 2000 == 0:
                print(f"{language}: {count} forms, {time.monotonic() - begun:.0f} s", flush=True)
        print(f"{language}: {count} forms in {time.monotonic() - begun:.0f} s, {wrong} wrong", flush=True)
    after = {} if options.alone else digests()
    changed = sorted(table for table in before if before[table] != after[table])
    print(f"tables that differ: {', '.join(changed) or 'none'} of {len(before)}")
    return 1 if wrong or changed else 0


if __name__ == "__main__":
    sys.exit(main())
