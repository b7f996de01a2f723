"""States of actions, what an undo did not revert and why, and the result of each input of an import."""

import django.db.models.deletion
from django.db import migrations, models


_AT_ONCE = 2_000  # rows


def fill(apps, schema_editor):
    """Fills the results of earlier runs from the files that they brought and those that failed."""
    RawFile = apps.get_model("newsarchive", "RawFile")
    ImportFailure = apps.get_model("newsarchive", "ImportFailure")
    RunFile = apps.get_model("newsarchive", "RunFile")
    brought = RawFile.objects.exclude(outcome__in=("", "failed")).order_by("id")
    failed = ImportFailure.objects.order_by("id").annotate(outcome=models.Value("failed"))
    failed = failed.annotate(article_id=models.Value(None, output_field=models.BigIntegerField()))
    columns = ("run_id", "path", "outcome", "article_id")
    for rows, names in ((brought, columns), (failed, (*columns, "reason"))):
        waiting = []
        for row in rows.values(*names).iterator(chunk_size=_AT_ONCE):
            waiting.append(RunFile(**row))
            if len(waiting) == _AT_ONCE:
                RunFile.objects.bulk_create(waiting)
                waiting = []
        RunFile.objects.bulk_create(waiting)


class Migration(migrations.Migration):

    dependencies = [
        ('newsarchive', '0009_picture'),
    ]

    operations = [
        migrations.AddField(
            model_name='action',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='newsarchive.importrun', verbose_name='匯入'),
        ),
        migrations.AddField(
            model_name='action',
            name='started_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='action',
            name='stop_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='edit',
            name='skipped',
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name='action',
            name='kind',
            field=models.CharField(choices=[('edit', '編輯'), ('accept', '採用來源的新值'), ('dismiss', '保留現值'), ('publish', '發布'), ('withdraw', '撤下'), ('outlet', '設定媒體'), ('categories', '設定分類'), ('language', '設定語言'), ('date', '設定日期'), ('add_tags', '加標籤'), ('remove_tags', '移除標籤'), ('reviewed', '標為已審閱'), ('group', '歸為同一報道'), ('split', '拆為獨立報道'), ('reparse', '重新解析'), ('agencies', '圖片來源改名'), ('rename', '改名'), ('merge', '合併名稱'), ('import', '匯入'), ('undo', '復原'), ('revert', '還原舊值')], max_length=20, verbose_name='動作'),
        ),
        migrations.CreateModel(
            name='RunFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(null=True)),
                ('path', models.CharField(max_length=1000, verbose_name='路徑')),
                ('outcome', models.CharField(choices=[('imported', '新增'), ('updated', '更新'), ('unchanged', '無變'), ('failed', '失敗'), ('quarantined', '隔離')], max_length=12, verbose_name='結果')),
                ('reason', models.TextField(blank=True, verbose_name='原因')),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='newsarchive.article', verbose_name='文章')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='newsarchive.importrun')),
            ],
            options={
                'verbose_name': '匯入的檔案',
                'verbose_name_plural': '匯入的檔案',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['run', 'outcome'], name='newsarchive_run_id_9f36e2_idx')],
                'constraints': [models.UniqueConstraint(fields=('run', 'number'), name='run_file_once')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
