"""Three roles as groups. A person may be in several; to log in at all, they are staff."""

from django.db import migrations

SEEN = (
    *("article", "image", "authorship", "outlet", "author", "category", "tag"),
    *("importrun", "importfailure", "action"),
)
NAMES = ("outlet", "author", "category", "tag")

VIEWER = [f"view_{model}" for model in SEEN]
CURATOR = [
    *VIEWER,
    "change_article",
    *[f"{verb}_{model}" for model in ("image", "authorship", *NAMES) for verb in ("add", "change", "delete")],
    "bulk",
]
OPERATOR = [*VIEWER, "operate"]


def make(apps, schema_editor):
    give(apps, "newsarchive", {"viewer": VIEWER, "curator": CURATOR, "operator": OPERATOR})


def give(apps, app, roles):
    """Django creates permissions after all migrations; those needed here are created here in the same way."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, codenames in roles.items():
        group, _ = Group.objects.get_or_create(name=role)
        for codename in codenames:
            verb, _, model = codename.partition("_")
            model = model or "action"
            kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
            names = {
                "bulk": "May change all filtered articles at once",
                "operate": "May import, retry and rebuild",
            }
            permission, _ = Permission.objects.get_or_create(
                content_type=kind,
                codename=codename,
                defaults={"name": names.get(codename, f"Can {verb} {model}")},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("newsarchive", "0005_curation"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
