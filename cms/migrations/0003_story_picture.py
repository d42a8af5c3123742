import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cms", "0002_initial"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.AddField(
            model_name="storypage",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                help_text="Montrée en tête du récit et sur sa carte. Décrivez-la dans la bibliothèque d’images.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wagtailimages.image",
                verbose_name="image",
            ),
        ),
    ]
