"""SM4, SM3, encrypted fields, keyed look-up, keys that change."""

import base64
import hmac as _hmac
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from bangfu.common import crypto
from bangfu.common.crypto import CryptoError, SoftwareProvider, key_id_of, lookup_hash, provider
from bangfu.common.models import AuditEntry
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from tests.factories import AT, TODAY, Tree, person

STANDARD_KEY = "0123456789abcdeffedcba9876543210"


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def software() -> SoftwareProvider:
    return SoftwareProvider({"gb": text(bytes.fromhex(STANDARD_KEY))}, "gb", text(b"h" * 32))


def test_sm4_is_the_cipher_of_the_national_standard() -> None:
    block = Cipher(algorithms.SM4(bytes.fromhex(STANDARD_KEY)), modes.ECB()).encryptor()
    assert block.update(bytes.fromhex(STANDARD_KEY)).hex() == "681edf34d206965e86b3e94f536e4246"


def test_a_published_sm4_gcm_message_is_read(software: SoftwareProvider) -> None:
    body = "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    cipher = b"\x02gb" + bytes.fromhex("00001234567800000000abcd" + body + "83de3541e4c2b58177e065a9bf7b62ec")
    plain = software.decrypt(cipher, context=bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    assert plain.hex() == "a" * 16 + "b" * 16 + "c" * 16 + "d" * 16 + "e" * 16 + "f" * 16 + "e" * 16 + "a" * 16


def test_sm3_is_the_hash_of_the_national_standard(software: SoftwareProvider) -> None:
    assert software.digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_the_keyed_hash_is_hmac_with_sm3(software: SoftwareProvider) -> None:
    def pad(byte: int) -> bytes:
        return bytes(sign ^ byte for sign in (b"h" * 32).ljust(64, b"\0"))

    message = b"id_number\x00120101198003071234"
    by_hand = software.digest(pad(0x5C) + software.digest(pad(0x36) + message))
    assert _hmac.compare_digest(software.keyed_hash(b"120101198003071234", purpose=b"id_number"), by_hand)


@pytest.mark.parametrize("place", [0, 1, 5, 20, -1])
def test_an_altered_ciphertext_is_refused(software: SoftwareProvider, place: int) -> None:
    cipher = bytearray(software.encrypt("津".encode() * 9, context=b"a.b"))
    cipher[place] ^= 1
    with pytest.raises(CryptoError):
        software.decrypt(bytes(cipher), context=b"a.b")


def test_a_ciphertext_moved_to_another_field_is_refused(software: SoftwareProvider) -> None:
    cipher = software.encrypt(b"secret", context=b"families.member.id_number")
    assert software.decrypt(cipher, context=b"families.member.id_number") == b"secret"
    with pytest.raises(CryptoError, match="another field"):
        software.decrypt(cipher, context=b"families.member.diagnosis")


@pytest.mark.parametrize("cipher", [b"", b"\x02gb", b"\x09unknown-k" + b"0" * 40])
def test_what_is_no_ciphertext_of_ours_is_refused(software: SoftwareProvider, cipher: bytes) -> None:
    with pytest.raises(CryptoError):
        software.decrypt(cipher, context=b"")


def test_equal_texts_look_different_each_time(software: SoftwareProvider) -> None:
    assert software.encrypt(b"same", context=b"") != software.encrypt(b"same", context=b"")


@pytest.mark.parametrize(
    ("keys", "active", "hash_key"),
    [
        ({"a": "not base64!"}, "a", text(b"h" * 32)),
        ({"a": text(b"short")}, "a", text(b"h" * 32)),
        ({"a": text(b"0" * 16)}, "b", text(b"h" * 32)),
        ({"a": text(b"0" * 16)}, "a", text(b"short")),
    ],
)
def test_bad_keys_stop_the_start(keys: dict[str, str], active: str, hash_key: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        SoftwareProvider(keys, active, hash_key)


def test_look_up_hashes_ignore_case_and_blanks_and_keep_purposes_apart() -> None:
    assert lookup_hash("id_number", " 12010119800307123x ") == lookup_hash("id_number", "12010119800307123X")
    assert lookup_hash("id_number", "1") != lookup_hash("phone", "1")


@pytest.fixture
def family(tree: Tree) -> Household:
    from bangfu.common.acts import act

    desk = person(Role.CLERK, tree.unit)
    with act(desk.actor, "open", at=AT) as deed:
        row = Household(
            union=tree.unit,
            union_path=tree.unit.path,
            number="T1",
            application_date=TODAY,
            address="和平区南京路 1 号",
            phone="",
            created_by_id=desk.user_id,
            created_at=AT,
            updated_at=AT,
        )
        row.save()
        deed.record(row)
    return row


def raw(row: Household, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM families_household WHERE id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


@pytest.mark.django_db
def test_an_encrypted_field_is_text_in_python_and_unreadable_in_the_database(family: Household) -> None:
    assert Household.objects.get(pk=family.pk).address == "和平区南京路 1 号"
    assert "南京路".encode() not in raw(family, "address")
    assert raw(family, "phone") == b""
    with pytest.raises(TypeError, match="cannot be searched"):
        Household.objects.filter(address="和平区南京路 1 号").exists()


@pytest.mark.django_db
def test_values_are_written_anew_with_a_new_key_and_a_dry_run_changes_nothing(family: Household, settings: Any) -> None:
    assert key_id_of(raw(family, "address")) == "t1"
    settings.BANGFU_ACTIVE_KEY = "t2"
    provider.cache_clear()
    try:
        out = StringIO()
        call_command("reencrypt", "--dry-run", stdout=out)
        assert "families.Household.address: 待重新加密 1 条" in out.getvalue()
        assert key_id_of(raw(family, "address")) == "t1"
        call_command("reencrypt", stdout=out)
        assert "families.Household.address: 已重新加密 1 条" in out.getvalue()
        assert key_id_of(raw(family, "address")) == "t2"
        assert Household.objects.get(pk=family.pk).address == "和平区南京路 1 号"
        assert AuditEntry.objects.filter(verb="reencrypt").count() >= 1
        again = StringIO()
        call_command("reencrypt", "--dry-run", stdout=again)
        assert "families.Household.address: 待重新加密 0 条" in again.getvalue()
    finally:
        provider.cache_clear()


def test_the_provider_is_the_one_the_installation_names(settings: Any) -> None:
    settings.BANGFU_CRYPTO_PROVIDER = "tests.common.test_crypto.Module"
    provider.cache_clear()
    try:
        assert isinstance(crypto.provider(), Module)
    finally:
        settings.BANGFU_CRYPTO_PROVIDER = "bangfu.common.crypto.SoftwareProvider"
        provider.cache_clear()


class Module(SoftwareProvider):
    """Stands for a hardware module."""
