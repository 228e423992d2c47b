"""What people already on file are found by: how their names sound, and their telephones."""

from django.db import migrations

from casework.lib.crypto import blind_index
from casework.lib.sounds import sounds_of

BATCH = 500


def fill(apps, schema_editor):
    Member = apps.get_model("households", "Member")
    last = 0
    while rows := list(Member.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            digits = "".join(sign for sign in row.phone if sign.isdecimal())
            row.phone_hash = blind_index(digits, "member-phone") if digits else ""
            row.name_sound = sounds_of(row.name)
        Member.objects.bulk_update(rows, ["phone_hash", "name_sound"])
        last = rows[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0004_sought'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
