from django.db import migrations, models
from django.db.models import F


def trust_imported_hosts(apps, schema_editor):
    """Whoever imported answers for what the file said; the others wait for their host's answer."""
    organisations = apps.get_model("organisations", "Organisation").objects
    imported = organisations.filter(host__isnull=False).exclude(external_id="")
    imported.update(host_confirmed_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("organisations", "0003_wants_suggestions"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalorganisation",
            name="host_confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="host_confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(trust_imported_hosts, migrations.RunPython.noop),
    ]
