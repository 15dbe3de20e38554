"""What a reader sends, made ready: hashes, digests of targets, receipts."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from moderation_service.intake.submission import Target, fingerprint, keyed_hash, new_receipt

WORDS = st.lists(st.text(), max_size=4).map(tuple)


def test_a_keyed_hash_has_16_bytes_and_depends_on_its_secret() -> None:
    assert len(keyed_hash("secret", "reader")) == 16
    assert keyed_hash("secret", "reader") != keyed_hash("other", "reader")


def test_a_keyed_hash_takes_a_secret_of_any_length() -> None:
    assert keyed_hash("s" * 1000, "reader") != keyed_hash("s" * 1001, "reader")


@given(one=WORDS, other=WORDS)
def test_words_hash_alike_only_when_they_are_the_same_words(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (keyed_hash("secret", *one) == keyed_hash("secret", *other)) == (one == other)


@given(one=st.lists(st.binary(), max_size=4), other=st.lists(st.binary(), max_size=4))
def test_chunks_have_one_fingerprint_only_when_they_are_the_same(one: list[bytes], other: list[bytes]) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


def test_a_target_has_one_key_whatever_the_order_of_its_selector() -> None:
    one = Target("p1", {"exact": "ferry", "prefix": "the "})
    assert one.key() == Target("p1", {"prefix": "the ", "exact": "ferry"}).key()


def test_different_targets_have_different_keys() -> None:
    targets = [Target(), Target("p1"), Target("p2"), Target("p1", {"exact": "a"}), Target("p1", {"exact": "b"})]
    assert len({target.key() for target in targets}) == len(targets)


def test_one_target_has_a_key_of_its_own_for_each_visitor() -> None:
    assert len({Target("p1").key(visitor) for visitor in (b"", b"ann", b"ben")}) == 3


def test_receipts_are_unique_and_of_version_7() -> None:
    receipts = [new_receipt() for _ in range(10_000)]
    assert len(set(receipts)) == len(receipts)
    assert {(receipt.version, receipt.variant) for receipt in receipts} == {(7, "specified in RFC 4122")}


def test_receipts_sort_by_the_time_they_were_drawn() -> None:
    receipts = []
    for _ in range(20):
        receipts.append(new_receipt())
        time.sleep(0.002)
    assert receipts == sorted(receipts)


def test_a_receipt_carries_74_random_bits() -> None:
    fixed = (0xF << 76) | (0b11 << 62)  # version and variant
    random = (1 << 80) - 1 & ~fixed
    seen = [new_receipt().int & random for _ in range(500)]
    always, never = seen[0], ~seen[0]
    for bits in seen:
        always, never = always & bits, never & ~bits
    assert always == 0
    assert never & random == 0
    assert random.bit_count() == 74
