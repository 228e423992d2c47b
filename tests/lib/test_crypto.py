import pytest
from django.core.exceptions import FieldError
from django.db import connection
from pytest_django import Settings

from casework.households.models import Member
from casework.lib.crypto import Unreadable, blind_index, decrypt, encrypt
from tests.households.people import household


class TestEncryptedText:
    def test_what_is_sealed_opens_and_never_looks_the_same(self) -> None:
        first, second = (encrypt("110199197605129013", context="a.b") for _ in range(2))
        assert first != second
        assert "19760512" not in first
        assert decrypt(first, context="a.b") == "110199197605129013"

    def test_another_column_does_not_open_it(self) -> None:
        with pytest.raises(Unreadable):
            decrypt(encrypt("x", context="a.b"), context="a.c")

    def test_an_altered_or_foreign_text_does_not_open(self) -> None:
        sealed = encrypt("secret", context="a.b")
        for broken in (sealed[:-4] + "AAAA", "secret", sealed.replace("local", "other")):
            with pytest.raises(Unreadable):
                decrypt(broken, context="a.b")

    def test_an_old_key_still_opens_after_a_new_one_took_over(self, settings: Settings) -> None:
        old = encrypt("text", context="a.b")
        settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
        assert decrypt(old, context="a.b") == "text"
        assert encrypt("text", context="a.b").split(":")[1] == "k2"

    @pytest.mark.django_db
    def test_the_database_holds_no_number(self) -> None:
        member = household().head
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM households_member WHERE id = %s", [member.pk])
            stored = str(cursor.fetchone())
        assert member.id_no not in stored
        assert member.phone not in stored
        assert Member.objects.get(pk=member.pk).id_no == member.id_no

    @pytest.mark.django_db
    def test_a_search_by_the_encrypted_column_is_refused(self) -> None:
        with pytest.raises(FieldError):
            Member.objects.filter(id_no="110199197605129013").exists()


def test_blind_indexes_differ_by_purpose_and_by_key(settings: Settings) -> None:
    one = blind_index("110199197605129013", "member-id")
    assert one == blind_index("110199197605129013", "member-id")
    assert one != blind_index("110199197605129013", "import-row")
    settings.BLIND_INDEX_KEY = b"another"
    assert one != blind_index("110199197605129013", "member-id")
