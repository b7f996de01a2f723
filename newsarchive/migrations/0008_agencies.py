"""The agencies that credits name become rows that curators edit; docs/curation.md says how."""

from importlib import import_module

from django.db import migrations, models

from newsarchive.data import seed_data

MODEL = "agency"


def install(apps, schema_editor):
    Agency = apps.get_model("newsarchive", "Agency")
    Agency.objects.bulk_create(
        Agency(name=name, spellings=spellings) for name, spellings in seed_data.agencies()
    )


def allow(apps, schema_editor):
    give = import_module("newsarchive.migrations.0006_roles").give
    view = [f"view_{MODEL}"]
    every = [f"{verb}_{MODEL}" for verb in ("view", "add", "change", "delete")]
    give(apps, "newsarchive", {"viewer": view, "curator": every, "operator": view})


class Migration(migrations.Migration):
    dependencies = [("newsarchive", "0007_order_of_articles")]
    operations = [
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="名稱")),
                ("spellings", models.JSONField(blank=True, default=list, verbose_name="其他寫法")),
            ],
            options={
                "verbose_name": "圖片來源",
                "verbose_name_plural": "圖片來源",
                "ordering": ["name"],
            },
        ),
        migrations.AlterField(
            model_name='action',
            name='kind',
            field=models.CharField(choices=[('edit', '編輯'), ('accept', '採用來源的新值'), ('dismiss', '保留現值'), ('publish', '發布'), ('withdraw', '撤下'), ('outlet', '設定媒體'), ('categories', '設定分類'), ('language', '設定語言'), ('date', '設定日期'), ('add_tags', '加標籤'), ('remove_tags', '移除標籤'), ('reviewed', '標為已審閱'), ('group', '歸為同一報道'), ('split', '拆為獨立報道'), ('reparse', '重新解析'), ('agencies', '圖片來源改名'), ('undo', '復原'), ('revert', '還原舊值')], max_length=20, verbose_name='動作'),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
