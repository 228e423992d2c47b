import json
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.apps import apps
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from casework.households.imports import keys_of_row
from casework.households.matching import find_by_id, match_household, same_person
from casework.households.models import ImportBatch, ImportRow, Member
from casework.lib import rekeying
from casework.lib.crypto import (
    EncryptedTextField,
    Sm4Gcm,
    Unreadable,
    blind_index,
    decrypt,
    encrypt,
)
from casework.staff.models import User
from tests.households.people import household

CIPHERS = ("A256GCM", "SM4GCM")


def command(*flags: str) -> tuple[dict[str, Any], int]:
    out, code = StringIO(), 0
    try:
        call_command("rotate_keys", "--json", *flags, stdout=out)
    except SystemExit as stop:
        code = int(str(stop.code))
    return json.loads(out.getvalue()), code


class TestKnownAnswers:
    def test_sm4_block(self) -> None:
        """GB/T 32907-2016, appendix A, example 1."""
        key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
        block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305  one block
        assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"

    def test_sm4_gcm(self) -> None:
        """RFC 8998, appendix A.1."""
        cipher = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
        nonce = bytes.fromhex("00001234567800000000ABCD")
        context = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
        text = bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA"))
        sealed = cipher.encrypt(nonce, text, context)
        assert sealed.hex() == (
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
            "83de3541e4c2b58177e065a9bf7b62ec"
        )
        assert cipher.decrypt(nonce, sealed, context) == text

    def test_sm3(self) -> None:
        """GB/T 32905-2016, appendix A, example 1."""
        digest = hashes.Hash(hashes.SM3())
        digest.update(b"abc")
        assert digest.finalize().hex() == (
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        )


@pytest.mark.parametrize("cipher", CIPHERS)
class TestEitherCipher:
    def test_whatever_is_sealed_opens(self, cipher: str, settings: Settings) -> None:
        settings.FIELD_CIPHER = cipher

        @given(st.text(st.characters(codec="utf-8"), max_size=200))
        def opens(text: str) -> None:
            sealed = encrypt(text, context="a.b")
            assert sealed.startswith(f"{cipher}:")
            assert decrypt(sealed, context="a.b") == text
            with pytest.raises(Unreadable):
                decrypt(sealed, context="a.c")

        opens()

    def test_no_altered_letter_goes_unseen(self, cipher: str, settings: Settings) -> None:
        settings.FIELD_CIPHER = cipher
        sealed = encrypt("110199197605129013", context="a.b")
        for place, letter in enumerate(sealed):
            altered = sealed[:place] + ("A" if letter != "A" else "B") + sealed[place + 1 :]
            with pytest.raises(Unreadable):
                decrypt(altered, context="a.b")
        for end in range(len(sealed)):
            with pytest.raises(Unreadable):
                decrypt(sealed[:end], context="a.b")

    def test_the_other_cipher_s_texts_stay_readable(self, cipher: str, settings: Settings) -> None:
        settings.FIELD_CIPHER = cipher
        sealed = encrypt("text", context="a.b")
        settings.FIELD_CIPHER = next(other for other in CIPHERS if other != cipher)
        assert decrypt(sealed, context="a.b") == "text"


def test_blind_indexes_may_be_hashed_by_sm3(settings: Settings) -> None:
    by_sha = blind_index("110199197605129013", "member-id")
    settings.INDEX_HASH = "SM3"
    by_sm3 = blind_index("110199197605129013", "member-id")
    assert by_sm3 != by_sha
    assert len(by_sm3) == len(by_sha) == 64
    assert by_sm3 == blind_index("110199197605129013", "member-id")


def test_every_encrypted_column_is_found() -> None:
    declared = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    }
    found = {field.context for field in rekeying.encrypted_fields()}
    assert found == declared
    assert {"households.member.id_no", "workflows.draft.content", "cases.appeal.ground"} <= found


@pytest.mark.django_db
class TestReindexing:
    """The blind indexes move to another key or hash while people are sought by number."""

    def test_a_person_is_found_before_during_and_after(self, settings: Settings) -> None:
        first, second = household(), household()
        Member.objects.filter(household=second).update(id_hash="")
        number, pk = first.head.id_no, first.head.pk
        before = Member.objects.get(pk=pk).id_hash
        settings.BLIND_INDEX_KEY_BEFORE = settings.BLIND_INDEX_KEY
        settings.BLIND_INDEX_KEY = b"another secret, as long as it ought to be"
        assert [member.pk for member in find_by_id(number)] == [pk]
        assert pk in same(second.head, number)
        moved, code = command("--index", "--batch", "1")
        assert code == 0
        # What was written meanwhile lies under the key in use already.
        behind = Member.objects.exclude(id_hash="").exclude(pk=second.head.pk).count()
        assert moved["indexes"]["households.member.id_hash"]["moved"] == behind
        assert Member.objects.get(pk=pk).id_hash != before
        again, _code = command("--index")
        assert {done["moved"] for done in again["indexes"].values()} == {0}
        settings.BLIND_INDEX_KEY_BEFORE = b""
        assert {member.pk for member in find_by_id(number)} == {pk, second.head.pk}
        assert match_household([number], street=first.residence_division) == second

    def test_without_the_key_before_nobody_is_found_until_moved(self, settings: Settings) -> None:
        number = household().head.id_no
        settings.BLIND_INDEX_KEY = b"another secret, as long as it ought to be"
        assert not find_by_id(number).exists()
        command("--index")
        assert find_by_id(number).exists()

    def test_the_hash_moves_the_same_way(self, settings: Settings) -> None:
        number = household().head.id_no
        settings.BLIND_INDEX_KEY_BEFORE = settings.BLIND_INDEX_KEY
        settings.INDEX_HASH_BEFORE, settings.INDEX_HASH = settings.INDEX_HASH, "SM3"
        assert find_by_id(number).exists()
        command("--index")
        settings.BLIND_INDEX_KEY_BEFORE = b""
        assert find_by_id(number).exists()

    def test_a_file_read_again_meanwhile_is_still_known(self, settings: Settings) -> None:
        user = User.objects.create(username="wen")
        batch = ImportBatch.objects.create(file_name="样例.xlsx", sha256="1", imported_by=user)
        values = {"id_no": "110199197605129013", "source": "COMMITTEE", "reason": "试"}
        row = ImportRow.objects.create(
            batch=batch, number=2, natural_key=keys_of_row(values)[0], state="ENTERED",
            group_key=keys_of_row(values)[0], values_sealed=json.dumps(values),
        )  # fmt: skip
        settings.BLIND_INDEX_KEY_BEFORE = settings.BLIND_INDEX_KEY
        settings.BLIND_INDEX_KEY = b"another secret, as long as it ought to be"
        assert row.natural_key in keys_of_row(values)
        command("--index")
        row.refresh_from_db()
        assert row.natural_key == row.group_key == keys_of_row(values)[0]


def same(other: Member, number: str) -> set[int]:
    """Who counts as the person with a number, asked from another entry of theirs."""
    other.id_no = number
    other.save()
    return set(Member.objects.filter(same_person(other)).values_list("pk", flat=True))


@pytest.mark.django_db
class TestRotation:
    def test_a_new_key_takes_over_and_the_old_one_retires(self, settings: Settings) -> None:
        member = household().head
        old = settings.FIELD_KEYS
        settings.FIELD_KEYS = {"k2": b"2" * 32, **old}
        before, code = command("--check")
        assert (before["complete"], code) == (False, 1)
        assert set(before["keys_in_use"]) == {"A256GCM:local"}
        after, code = command("--batch", "1")
        assert (after["complete"], code) == (True, 0)
        assert set(after["keys_in_use"]) == {"A256GCM:k2"}
        assert after["moved"]["households.member.id_no"]["moved"] == Member.objects.count()
        settings.FIELD_KEYS = {"k2": b"2" * 32}
        again = Member.objects.get(pk=member.pk)
        assert (again.id_no, again.phone) == (member.id_no, member.phone)

    def test_the_cipher_changes_the_same_way(self, settings: Settings) -> None:
        member = household().head
        settings.FIELD_CIPHER = "SM4GCM"
        after, code = command()
        assert (set(after["keys_in_use"]), code) == ({"SM4GCM:local"}, 0)
        assert Member.objects.get(pk=member.pk).id_no == member.id_no

    def test_a_run_killed_on_the_way_is_gone_on_with(self, settings: Settings) -> None:
        numbers = {
            member.pk: member.id_no
            for home in (household(), household())
            for member in home.members.all()
        }
        settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
        field = next(
            f for f in rekeying.encrypted_fields() if f.name == "id_no" and f.model is Member
        )
        key, sealed = rekeying._behind(field, None, 1)[0]
        assert rekeying._move(field, key, sealed) == 1
        assert rekeying.keys_in_use()[field.context]["A256GCM:k2"] == 1
        after, _ = command()
        assert after["moved"][field.context]["moved"] == len(numbers) - 1
        assert {m.pk: m.id_no for m in Member.objects.all()} == numbers
        again, _ = command()
        assert {done["moved"] for done in again["moved"].values()} == {0}

    def test_what_somebody_writes_meanwhile_is_not_lost(self, settings: Settings) -> None:
        member = household().head
        settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
        field = next(
            f for f in rekeying.encrypted_fields() if f.name == "phone" and f.model is Member
        )
        rows = dict(rekeying._behind(field, None, 100))
        member.phone = "13900000009"
        member.save()
        assert rekeying._move(field, member.pk, rows[member.pk]) == 0
        assert Member.objects.get(pk=member.pk).phone == "13900000009"

    def test_a_ciphertext_moved_to_another_column_stops_the_run(self, settings: Settings) -> None:
        member = household().head
        settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
        by_name = {f.name: f for f in rekeying.encrypted_fields() if f.model is Member}
        sealed = dict(rekeying._behind(by_name["phone"], None, 100))[member.pk]
        foreign = rekeying.Value(sealed, output_field=rekeying.TextField())
        Member.objects.filter(pk=member.pk).update(id_no=foreign)
        with pytest.raises(Unreadable):
            command()
