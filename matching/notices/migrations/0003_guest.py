from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0002_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("suggestions", "nouveaux rapprochements"),
                    ("message", "nouveau message"),
                    ("membership", "demande de rattachement"),
                    ("confirmed", "rattachement confirmé"),
                    ("guest", "collectif à porter"),
                ],
                max_length=12,
            ),
        ),
    ]
