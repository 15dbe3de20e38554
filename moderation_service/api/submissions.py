"""From a flag as it was sent to one that can be recorded, and back to what its sender is told."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from moderation_service.api.fields import Reporter
from moderation_service.errors import Invalid
from moderation_service.intake.submission import (
    Recorded,
    Submission,
    Target,
    fingerprint,
    keyed_hash,
    new_receipt,
    reporter_hash,
)
from moderation_service.sites.service import SiteKey

_WITH_PORT = re.compile(r"([0-9.]+):[0-9]+|\[([^]]+)\](?::[0-9]+)?")


def submission_of(
    flag: dict[str, Any], *, sent: bytes, key: str | None, site: SiteKey, address: str | None, secret: str
) -> Submission:
    """A loaded flag, ready to be recorded.

    `sent` is the request it came with, `key` its Idempotency-Key, `address` the IP address it came from.

    Raises:
        Invalid: it was sent with a secret key and does not say who reports.
    """
    article, target = flag["article"], flag["target"]
    selector = target.get("selector")
    reporter: Reporter | None = flag.get("reporter")
    receipt = new_receipt()
    return Submission(
        site_id=site.site_id,
        external_id=article.get("external_id"),
        url=article.get("url"),
        title=article.get("title"),
        revision=article.get("revision"),
        target=Target(target.get("part"), selector and {k: v for k, v in selector.items() if k != "type"}),
        reporter=_reporter(reporter and reporter.id, site, address, secret),
        visitor=b"" if reporter else _visitor(flag.get("visitor"), site, secret) or receipt.bytes,
        reporter_since=reporter and reporter.first_seen_at,
        notifier="user" if reporter else "anonymous",
        reason=flag["reason"],
        comment=flag.get("comment"),
        locale=flag.get("locale"),
        email=flag.get("email"),
        idempotency_key=key_digest(key, site),
        request=fingerprint(sent),
        receipt=receipt,
    )


def key_digest(key: str | None, site: SiteKey) -> bytes | None:
    """What an Idempotency-Key of a site is known by; None for none."""
    return None if key is None else fingerprint(str(site.site_id).encode(), key.encode())


def _reporter(named: str | None, site: SiteKey, address: str | None, secret: str) -> bytes:
    """Who flags, as a keyed hash: the site's id for him, or his network when his browser sends none."""
    if named is not None:
        return reporter_hash(secret, site.site_id, named)
    if site.kind == "secret":
        raise Invalid("A flag sent with a secret key names its reporter", field="reporter")
    return keyed_hash(secret, "network", str(site.site_id), network_of(address))


def _visitor(sent: str | None, site: SiteKey, secret: str) -> bytes | None:
    """What tells a reader from others of his network.

    None where his browser sends nothing: then nobody can say whether a flag is another's, and each is taken as one of
    its own. To answer it with the receipt of an earlier one could hand that to a stranger, who might withdraw it.
    """
    return None if sent is None else keyed_hash(secret, "visitor", str(site.site_id), sent)


def ip_of(address: str | None) -> IPv4Address | IPv6Address | None:
    """The address that the server or a proxy names as the sender's; None where that is none.

    A server that listens on IPv6 gets the addresses of IPv4 inside of IPv6's, where all of them would be one network;
    some proxies write the port behind.
    """
    with_port = _WITH_PORT.fullmatch(address or "")
    try:
        ip = ip_address((with_port and (with_port[1] or with_port[2])) or address or "")
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str:
    """Where a request comes from: an IPv4 address, or the /64 that an IPv6 address shares with its household.

    Those from nowhere that has an address are counted together.
    """
    ip = ip_of(address) or IPv4Address(0)
    return str(ip_network((ip, 64 if ip.version == 6 else 32), strict=False))


def receipt_of(recorded: Recorded, public_url: str) -> dict[str, Any]:
    """What the sender of a flag is told."""
    return {
        "receipt": str(recorded.receipt),
        "status": recorded.state,
        "received_at": recorded.received_at.isoformat(),
        "links": links_of(str(recorded.receipt), public_url),
    }


def links_of(receipt: str, public_url: str, *, of: str = "flags") -> dict[str, str]:
    """Where to ask about what a receipt was given for: by program, and as a page for its reader."""
    return {"self": f"{public_url}/v1/{of}/{receipt}", "receipt": f"{public_url}/r/{receipt}"}
