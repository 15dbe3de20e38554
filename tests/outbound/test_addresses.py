"""Which addresses may be called."""

from __future__ import annotations

import pytest

from moderation_service.outbound import NotReached, Refused
from moderation_service.outbound.addresses import refused, resolve

PUBLIC = [
    "93.184.216.34",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2002:5db8:d822::",  # 6to4 of 93.184.216.34
    "64:ff9b::5db8:d822",  # NAT64 of it
    "::ffff:93.184.216.34",
]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:c0a8:101::",
]
NEVER = [
    "0.0.0.0",  # noqa: S104  nothing is bound here
    "0.1.2.3",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "64:ff9b:1::1",
    "100::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called(address: str) -> None:
    assert not refused(address, allow_private=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_called_only_where_the_operator_says_so(address: str) -> None:
    assert refused(address, allow_private=False)
    assert not refused(address, allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_called(address: str) -> None:
    assert refused(address, allow_private=False)
    assert refused(address, allow_private=True)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127。0。0。1"])
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(Refused, match="where nothing may be sent"):
        resolve(host, 80, allow_private=False)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 64 + ".example", "a..example"])
def test_a_name_that_is_not_known_may_be_known_later(host: str) -> None:
    with pytest.raises(NotReached, match="is not known"):
        resolve(host, 80, allow_private=False)
