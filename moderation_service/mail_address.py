"""Addresses that mail can be sent to through any server: which those are, and how they travel. Pure."""

from __future__ import annotations

import re

import idna

LONGEST = 254  # characters of an address (RFC 5321, 4.5.3.1.3, less its brackets)
# A dot-atom (RFC 5322, 3.2.3), and no encoded word (RFC 2047), which programs read as something else. Letters beyond
# ASCII need a server that has SMTPUTF8, and the reader's one as well; few have it.
LOCAL = re.compile(r"(?!.*=\?)(?=.{1,64}\Z)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
# The name of a host that is known everywhere, or of this machine; never a bare IP address, whose end is a number.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"localhost|(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}", re.ASCII | re.IGNORECASE)


def mailable(address: str) -> str | None:
    """An address as mail is sent to it, with a domain beyond ASCII in its A-labels; None where none can be sent.

    One plain mailbox: no white space, quotes, comments or lists, so that nothing else can be meant.
    """
    local, _, domain = address.rpartition("@")
    host = _travelling(domain)
    if host is None or not LOCAL.fullmatch(local) or not HOST.fullmatch(host):
        return None
    travelling = f"{local}@{host}"
    return travelling if len(travelling) <= LONGEST else None


def _travelling(domain: str) -> str | None:
    """A domain's name in ASCII (IDNA 2008), one that is as it was; None where it has none."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
