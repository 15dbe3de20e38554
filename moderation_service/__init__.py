"""From a reader's flag to a takedown that was read back from the content store. Read `pipeline.py` first.

    reader's site ── flag ──▶ intake ─▶ triage ─▶ cases ─▶ decisions ─▶ enforcement ─▶ content store
                              (record)  (rules)   (queue)  (takedown     (wanted state,  (built-in; others
                                                            or clear)     retried,        behind one Protocol)
                                                                          confirmed)  └─▶ notifications
                                                                                          (mail, signed webhook)
    beneath them all: policy (the vocabulary), audit (who did what), sites (who may talk to us),
    articles (what the flags are about; the built-in store), doors (reports that other networks send),
    db, leases, config, errors, jobs, outbound (calls to addresses that others chose),
    tongues (the words for readers)

Data flows down the stream; imports point back up it. `api/` (HTTP in), `console/` (the moderators' pages), `widget/`
(the readers' button, form and receipts) and `workers/` (time and queue in) are the edges: each opens the one
transaction and calls one step of `pipeline.py`. Steps that others than the story take too stand beside it:
`ordering.py` (readers heard and judged, the queue kept in order), `telling.py` (who hears of what happened),
`automation.py` (what rules do, and how it is taken back), `dead_letters.py` (what was given up on, tried again),
`letters.py` (what readers are told by mail), `sending.py` (how a notice reaches whom it is for), `upkeep.py` (what
time asks for), `rulebook.py`, `readers.py` and `administration/` (who may change a rule, a reader's standing, or a
site, its people and its policy). `inspection/` visits a page of a site, and says what its button lacks.

`client/` is what a site's own server talks to us with, and `demo/` a newsroom to try all of it with.
"""
