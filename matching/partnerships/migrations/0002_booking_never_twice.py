from django.db import migrations

# No two held bookings of one place share a moment. A range of one number stands for the place, so that no extension is
# needed. SQLite, which lets one transaction write at a time, has the check of the service alone.
NEVER_TWICE = """
    ALTER TABLE partnerships_booking ADD CONSTRAINT booking_never_twice EXCLUDE USING gist (
        int8range(offer_id, offer_id, '[]') WITH &&, tstzrange(starts, ends) WITH &&
    ) WHERE (is_held)
"""


def forbid_twice(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NEVER_TWICE)


def allow_twice(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE partnerships_booking DROP CONSTRAINT booking_never_twice")


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(forbid_twice, allow_twice),
    ]
