from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="email",
            field=models.EmailField(max_length=254, unique=True, verbose_name="adresse e-mail"),
        ),
        migrations.AlterField(
            model_name="person",
            name="notify",
            field=models.CharField(
                choices=[("grouped", "Un e-mail groupé"), ("never", "Aucun e-mail")],
                default="grouped",
                max_length=10,
                verbose_name="e-mails reçus",
            ),
        ),
    ]
