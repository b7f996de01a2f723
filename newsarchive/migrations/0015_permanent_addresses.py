"""The identities that articles had, and a key of each article's address by which pasted addresses are looked up.

The key follows the rules of `newsarchive.archive.identity.lookup.address_key`, which is why it is called here: it is
computed again whenever an address is set, so a later release may change the rules with a migration of its own.
"""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from newsarchive.archive.identity.lookup import address_key

_AT_ONCE = 2_000  # rows


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    articles = apps.get_model("newsarchive", "Article")._default_manager
    last = 0
    while rows := list(articles.filter(pk__gt=last).order_by("pk").only("pk", "source_url")[:_AT_ONCE]):
        for row in rows:
            row.address_key = address_key(row.source_url)
        articles.bulk_update(rows, ["address_key"], batch_size=200)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("newsarchive", "0014_messages")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="address_key",
            field=models.CharField(db_index=True, editable=False, max_length=32, null=True),
        ),
        migrations.CreateModel(
            name="FormerIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("identity", models.CharField(max_length=500, unique=True, verbose_name="舊識別")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_identities",
                        to="newsarchive.article",
                    ),
                ),
            ],
            options={"verbose_name": "舊識別", "verbose_name_plural": "舊識別"},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
