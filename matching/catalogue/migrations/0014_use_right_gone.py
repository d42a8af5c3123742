from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0013_rights_moved")]

    operations = [migrations.DeleteModel(name="UseRight")]
