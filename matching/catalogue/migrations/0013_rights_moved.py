from itertools import pairwise

from django.db import migrations

CHAIN = ("access", "withdrawal", "management", "exclusion")
RIGHTS = (*CHAIN, "alienation")
REACH = ("no", "conditions", "granted")
AT_ONCE = 2000


def move(apps, schema_editor):
    """One row per right of the collective becomes one row per offer; what went further than it could, goes less far."""
    UseRight = apps.get_model("catalogue", "UseRight")
    RightsBundle = apps.get_model("catalogue", "RightsBundle")
    offers = UseRight.objects.order_by("offer_id").values_list("offer_id", flat=True).distinct()
    every = list(offers)
    for first in range(0, len(every), AT_ONCE):
        keys = every[first : first + AT_ONCE]
        held = {key: {} for key in keys}
        for row in UseRight.objects.filter(offer_id__in=keys):
            held[row.offer_id][row.right] = row
        RightsBundle.objects.bulk_create(bundle(RightsBundle, key, rows) for key, rows in held.items())


def bundle(model, key, rows):
    reach = {right: REACH.index(rows[right].extent) if right in rows else 0 for right in RIGHTS}
    for needed, wider in pairwise(CHAIN):
        reach[wider] = min(reach[wider], reach[needed])
    return model(
        offer_id=key,
        **{f"collective_{right}": REACH[reach[right]] for right in RIGHTS},
        **{f"{right}_condition": row.condition for right, row in rows.items()},
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0012_rights_bundle")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop, elidable=True)]
