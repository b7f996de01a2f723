"""What `make run` prepares before anything serves: the database, static files, the first account, the sample
where there is nothing yet, and the index.

A process of its own: what it loads (all of the program, jieba's dictionary, the index) ends with it, and the
supervisor, which stays, holds none of it. Exit code 1 and a sentence: the archive can't be served.
"""

from __future__ import annotations

import os
import sys

from newsarchive.conf import env

from .processes import manage


def prepare() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
    from newsarchive.models import RawFile

    if problem := _database_problem():
        raise SystemExit(problem)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    make_first_curator()
    if env.flag("SAMPLE", default=True) and not RawFile.objects.exists():
        print("an empty archive: importing the sample in seeds/", flush=True)
        manage("import_articles", "seeds")
    manage("update_index", "--quick")  # a rebuild that the indexer can do later does not delay the start


def _database_problem() -> str:
    """Why the database can't be served, in a sentence; an older program would damage a newer one's."""
    from django.db import DatabaseError

    from newsarchive.conf import schema

    try:
        unknown = schema.unknown_migrations(schema.applied_migrations())
    except DatabaseError as error:
        return f"the database does not answer: {str(error).strip()}"
    if unknown:
        names = ", ".join(unknown)
        return f"the database was made by a newer program ({names}): install that, or restore an older backup"
    return ""


def make_first_curator() -> None:
    """Creates the account of DJANGO_SUPERUSER_USERNAME, _PASSWORD and _EMAIL if there is no account yet. The
    password is not passed on to other processes."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    name, email = (os.environ.get(f"DJANGO_SUPERUSER_{part}", "") for part in ("USERNAME", "EMAIL"))
    given = os.environ.pop("DJANGO_SUPERUSER_PASSWORD", "")
    users = get_user_model().objects
    if not name or not given or users.filter(is_superuser=True).exists():
        return
    try:
        validate_password(given)
    except ValidationError as error:
        print(f"DJANGO_SUPERUSER_PASSWORD: {' '.join(error.messages)}", file=sys.stderr)
        return
    users.create_superuser(name, email, given)
    print(f"the account {name} was made", flush=True)


if __name__ == "__main__":
    prepare()
