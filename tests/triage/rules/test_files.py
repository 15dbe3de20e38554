"""Rules as files: what a folder would change, and what applying it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.triage.rules import files, starter
from moderation_service.triage.rules.entries import Entry, Mode, entries, find
from moderation_service.triage.rules.files import Outcome, Planned
from moderation_service.triage.rules.install import install_starter
from tests.factories import make_site
from tests.triage.rules.books import ANN, BEN, make_document, make_entry, want_two_persons


def write(folder: Path, name: str = "three-readers", **changes: Any) -> Path:
    """A rule's file."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps(make_document(name, **changes)))
    return file


def planned(session: Session, folder: Path) -> list[Planned]:
    """What the folder would do."""
    return files.plan(session, files.read_folder(folder))


def apply(session: Session, folder: Path) -> list[Entry]:
    """Do it, as Ben."""
    return files.apply(session, planned(session, folder), author=BEN, because="As in the files.")


def faults_of(folder: Path) -> str:
    """Why a folder is refused."""
    with pytest.raises(Invalid) as caught:
        files.read_folder(folder)
    return caught.value.message


def test_new_rule_is_added_as_a_draft(session: Session, tmp_path: Path) -> None:
    write(tmp_path)
    (added,) = apply(session, tmp_path)
    assert (added.rule.name, added.mode, added.version.author) == ("three-readers", Mode.DRAFT, BEN)


def test_changed_rule_keeps_its_mode_and_its_lines_are_shown(session: Session, tmp_path: Path) -> None:
    make_entry(session, mode=Mode.LIVE)
    write(tmp_path, position=7)
    (one,) = planned(session, tmp_path)
    assert (one.outcome, one.lines) == (Outcome.CHANGED, ["~ position: 100 -> 7"])
    (changed,) = apply(session, tmp_path)
    assert (changed.mode, changed.rule.position) == (Mode.LIVE, 7)


def test_second_time_nothing_changes(session: Session, tmp_path: Path) -> None:
    write(tmp_path)
    apply(session, tmp_path)
    assert apply(session, tmp_path) == []
    assert [one.outcome for one in planned(session, tmp_path)] == [Outcome.UNCHANGED]


def test_the_same_said_in_other_words_is_no_change(session: Session, tmp_path: Path) -> None:
    make_entry(session)
    write(tmp_path, conditions={"field": "reporters", "within": "1440m", "operator": ">=", "value": 3})
    assert planned(session, tmp_path)[0].outcome is Outcome.UNCHANGED


def test_changed_live_rule_waits_in_shadow_where_two_persons_are_wanted(session: Session, tmp_path: Path) -> None:
    site = make_site(session)
    make_entry(session, site="courier", mode=Mode.LIVE)
    want_two_persons(session, site)
    write(tmp_path, site="courier", position=7)
    (changed,) = apply(session, tmp_path)
    assert changed.mode is Mode.SHADOW
    assert changed.request is not None


def test_rule_without_a_file_is_missing_and_stays(session: Session, tmp_path: Path) -> None:
    make_entry(session, "other", mode=Mode.LIVE)
    make_entry(session, "gone", mode=Mode.RETIRED)
    write(tmp_path)
    assert [(one.name, one.outcome) for one in planned(session, tmp_path)] == [
        ("three-readers", Outcome.ADDED),
        ("other", Outcome.MISSING),
    ]
    apply(session, tmp_path)
    assert find(session, "other", site_id=None).mode is Mode.LIVE


def test_missing_rule_is_retired_when_asked(session: Session, tmp_path: Path) -> None:
    make_entry(session, "other", mode=Mode.LIVE)
    write(tmp_path)
    (retired,) = files.retire_missing(session, planned(session, tmp_path), author=BEN, because="No file.")
    assert (retired.rule.name, retired.mode) == ("other", Mode.RETIRED)


def test_one_name_on_two_sites_is_two_rules(session: Session, tmp_path: Path) -> None:
    make_site(session)
    write(tmp_path)
    (tmp_path / "courier").mkdir()
    write(tmp_path / "courier", site="courier")
    assert len(apply(session, tmp_path)) == 2


def test_rule_of_a_site_that_is_not_known(session: Session, tmp_path: Path) -> None:
    write(tmp_path, site="nowhere")
    with pytest.raises(Invalid, match="no site 'nowhere'"):
        planned(session, tmp_path)


def test_two_files_of_one_rule_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "zz.json").write_text(json.dumps(make_document()))
    assert (
        faults_of(tmp_path)
        == f"{tmp_path}/zz.json: the rule 'three-readers' is in {tmp_path}/three-readers.json already"
    )


def test_every_fault_is_told_with_its_file_and_its_path(tmp_path: Path) -> None:
    write(tmp_path, "a", position="x", actions=[])
    (tmp_path / "b.json").write_bytes(b"{'single'}")
    (tmp_path / "c.json").write_bytes(b"\xff\xfe\xfd")
    (tmp_path / "d.json").write_bytes(b"[" * 100_000)
    told = faults_of(tmp_path).split("; ")
    assert told[0].startswith(f"{tmp_path}/a.json: position: ")
    assert told[1].startswith(f"{tmp_path}/a.json: actions: ")
    assert [line.partition(": ")[2][:8] for line in told[2:]] == ["not JSON"] * 3


def test_folder_without_rules_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not ours")
    assert faults_of(tmp_path) == f"There are no rules in {tmp_path}"


def test_starter_set_is_live_where_nobody_doubts_and_shadow_elsewhere(session: Session) -> None:
    modes = {entry.rule.name: entry.mode for entry in install_starter(session, author=ANN)}
    assert len(modes) == len(starter())
    assert {name for name, mode in modes.items() if mode is Mode.LIVE} == {"danger-to-life", "repeat-flags"}
    assert set(modes.values()) == {Mode.LIVE, Mode.SHADOW}


def test_starter_set_is_installed_once(session: Session) -> None:
    install_starter(session, author=ANN)
    before = [entry.version.id for entry in entries(session)]
    assert install_starter(session, author=ANN) == []
    assert [entry.version.id for entry in entries(session)] == before
