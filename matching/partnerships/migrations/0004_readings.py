from django.db import migrations


def whoever_was_there_has_read(apps, schema_editor):
    """What a side had opened stays read for those who were there: nobody finds old messages unread."""
    Message = apps.get_model('partnerships', 'Message')
    Reading = apps.get_model('partnerships', 'Reading')
    Membership = apps.get_model('organisations', 'Membership')
    read = Message.objects.filter(read_at__isnull=False).select_related('suggestion__offer', 'suggestion__need')
    for message in read.iterator():
        pair = message.suggestion
        reader = pair.offer.organisation_id if message.side == 'need' else pair.need.organisation_id
        there = Membership.objects.filter(organisation=reader, confirmed_at__lte=message.read_at)
        Reading.objects.bulk_create(
            [Reading(message=message, person_id=person) for person in there.values_list('person_id', flat=True)],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0004_host_confirmed'),
        ('partnerships', '0003_talking'),
        ('suggestions', '0003_scarcity'),
    ]

    operations = [migrations.RunPython(whoever_was_there_has_read, migrations.RunPython.noop)]
