"""OTHER DOORS: reports that come from other networks, with whom they are from and what they mean here.

ActivityPub (`signatures`, `actors`, `activity`) and the AT Protocol (`service_auth`, `dids`, `create_report`) each say
in their own way who reports, and what. Both become one `Report`, whose objects are looked up and recorded as flags.
"""
