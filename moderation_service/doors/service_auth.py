"""The tokens by which one server of the AT Protocol acts for an account on another: short-lived, for one method.

https://atproto.com/specs/xrpc#inter-service-authentication-jwt
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from moderation_service.doors.dids import SIGNING, is_did, public_key
from moderation_service.doors.fetching import Keys
from moderation_service.doors.report import is_name
from moderation_service.errors import Unauthenticated

ALGORITHMS = ["ES256", "ES256K"]
LEEWAY = timedelta(seconds=60)  # by which the two clocks may differ
LONGEST_LIFE = timedelta(hours=1)
# Tokens of other kinds that a server may have signed with the same key.
OTHERS = frozenset({"at+jwt", "refresh+jwt", "dpop+jwt"})


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A token that was read, and is for us, now; whether it is genuine, only the issuer's key can tell.

    `issuer` is the DID of the account that reports, `service` what follows the `#` of the audience, if anything does.
    """

    issuer: str
    service: str | None
    compact: str

    def check(self, keys: Keys) -> str:
        """The server that the account is on, once its key has made the signature.

        Raises:
            Unauthenticated: it has not.
        """
        pem = public_key(keys.keys[SIGNING]).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        try:
            jws.deserialize_compact(self.compact, ECKey.import_key(pem), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise Unauthenticated("The token was not signed with its issuer's key") from error
        return keys.host


def read(compact: str, *, us: str, method: str, now: datetime) -> ServiceToken:
    """What a token says; `us` is this service's DID.

    Raises:
        Unauthenticated: it is no token, or none for this method of ours at this time.
    """
    try:
        token = jws.extract_compact(compact.encode())
        header, claims = token.headers(), json.loads(token.payload)
    except (JoseError, ValueError, RecursionError) as error:
        raise Unauthenticated("Send `Authorization: Bearer` with a service token or a secret key") from error
    if not isinstance(claims, dict) or str(header.get("typ", "")).lower() in OTHERS:
        raise Unauthenticated("This is no service token")
    issuer, service = claims.get("iss"), _service(claims, us)
    if not is_did(issuer):
        raise Unauthenticated("A service token's issuer (iss) is a did:plc or did:web")
    if claims.get("lxm") != method:
        raise Unauthenticated(f"This service token is not for {method} (lxm)")
    _require_now(claims.get("exp"), now)
    return ServiceToken(str(issuer), service, compact)


def _service(claims: Mapping[str, Any], us: str) -> str | None:
    audience = claims.get("aud")
    did, _, service = audience.partition("#") if isinstance(audience, str) else ("", "", "")
    if did != us or not (service == "" or is_name(service)):
        raise Unauthenticated(f"This service token is not for {us} (aud)")
    return service or None


def _require_now(expires: object, now: datetime) -> None:
    soonest, latest = now - LEEWAY, now + LONGEST_LIFE + LEEWAY
    if not isinstance(expires, int) or not soonest.timestamp() <= expires <= latest.timestamp():
        raise Unauthenticated("A service token ends (exp) within the next hour; this one ended, or never does")
