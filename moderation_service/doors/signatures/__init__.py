"""HTTP signatures: who sent a request, and that nobody changed it on its way."""

from moderation_service.doors.signatures.message import Message, Signed
from moderation_service.doors.signatures.signed import signed

__all__ = ["Message", "Signed", "signed"]
