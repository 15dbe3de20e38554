"""Why a call to an address that others chose came to nothing."""


class NotReached(Exception):
    """Nobody answered in time; it may be another time."""


class Refused(Exception):
    """The address is one where nothing may be sent."""
