"""Local copies of pictures, each with what became of fetching it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsarchive', '0008_agencies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('address', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('src', models.TextField(verbose_name='原址')),
                ('fetched_from', models.TextField(blank=True, verbose_name='取自')),
                ('status', models.CharField(choices=[('ok', '有本地副本'), ('missing', '原址已無'), ('refused', '不收'), ('failed', '未取得')], db_index=True, max_length=10, verbose_name='狀態')),
                ('reason', models.TextField(blank=True, verbose_name='原因')),
                ('fetched_at', models.DateTimeField(verbose_name='時間')),
                ('sha256', models.CharField(blank=True, db_index=True, max_length=64)),
                ('media_type', models.CharField(blank=True, max_length=20)),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='位元組')),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': '圖片副本',
                'verbose_name_plural': '圖片副本',
            },
        ),
    ]
