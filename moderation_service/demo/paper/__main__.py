"""The newspaper under a web server of its own: `python -m moderation_service.demo.paper FILE` (see `Subscription`)."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from moderation_service.client import ModerationService
from moderation_service.demo.direct import direct_session
from moderation_service.demo.paper.app import create_app
from moderation_service.demo.paper.mailbox import Mailbox
from moderation_service.demo.paper.manuscripts import manuscripts
from moderation_service.demo.paper.subscription import Subscription
from moderation_service.demo.paper.views import Views

# A reader waits no longer than this, in seconds, and gets what was known before.
TIMEOUT = (1.0, 3.0)


class Handler(WSGIRequestHandler):
    """Keeps connections open, and writes no line for each request."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_request(self, *_: Any) -> None:
        """Nothing."""


def main(file: Path) -> None:
    """Publish all articles, then serve readers until told to stop."""
    subscription = Subscription.read(file)
    service = ModerationService(
        subscription.service, subscription.secret_key, timeout=TIMEOUT, tries=1, session=direct_session
    )
    for external_id, article in manuscripts(subscription.origin, date.fromisoformat(subscription.opened)):
        service.put_article(external_id, article)
    views, mailbox, stop = Views(Path(subscription.views)), Mailbox(), threading.Event()
    app = create_app(subscription, service, views, mailbox.letters)
    server = make_server(subscription.host, subscription.port, app, threaded=True, request_handler=Handler)
    # Told to stop, it leaves by its own door: what was counted is written down.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    reporting = threading.Thread(target=views.keep_reporting, args=(service, stop))
    reporting.start()
    post = mailbox.open(subscription.mail_port) if subscription.mail_port else None
    try:
        server.serve_forever()
    finally:
        if post:
            post.stop()
        stop.set()
        reporting.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
