"""Which network addresses may be called: a site must not reach through us what only we can reach.

Sources: IANA's registries of special-purpose addresses for IPv4 and IPv6, and the addresses at which clouds answer
their machines. Python's own `is_global` knows only part of them, and each version another part.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from moderation_service.outbound.errors import NotReached, Refused

Network = IPv4Network | IPv6Network


def _networks(*names: str) -> tuple[Network, ...]:
    return tuple(ip_network(name) for name in names)


# Machines of our own house: allowed where the operator says so.
PRIVATE = _networks(
    *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    *("::1/128", "fc00::/7"),
)
# Nobody's receiver stands here: this host, link-local, metadata of clouds, documentation, tunnels, multicast, reserved.
NEVER = _networks(
    *("0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24", "192.0.2.0/24"),
    *("192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("fd00:ec2::/32", "2001::/23", "2001:db8::/32", "3fff::/20"),
)
GLOBAL_UNICAST = IPv6Network("2000::/3")  # the only part of IPv6 that is given out
NAT64 = IPv6Network("64:ff9b::/96")


def refused(address: str, *, allow_private: bool) -> bool:
    """Whether nothing may be sent to this address, which is a number and no name."""
    ip = _unwrapped(ip_address(address.partition("%")[0]))
    if any(ip in network for network in NEVER):
        return True
    if any(ip in network for network in PRIVATE):
        return not allow_private
    return isinstance(ip, IPv6Address) and ip not in GLOBAL_UNICAST


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour or ip


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, to connect to as they are: asked again, its name server might say another thing.

    Raises:
        NotReached: the name is not known at present.
        Refused: one of its addresses is refused; to take another would let it try until it is lucky.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(f"The address of {host} is not known: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if refused(address, allow_private=allow_private):
            raise Refused(f"{host} is at {address}, where nothing may be sent")
    return addresses
