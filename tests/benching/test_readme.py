"""From a run's JSON to the tables of the documents."""

import sys

import pytest

from bench import readme
from bench.others import group_others
from bench.peers.figures import Comparison, LeftOut, Row
from bench.readme import BEGIN, END, UnusableRun, check, fill, read_peers, read_run, write_tables
from bench.summary import summarize
from tests.benching.sample import sample_run

MORE = {
    "recording": {"recording_s": 300, "wall_s": 12, "faces": 250, "frames": 10, "memory_mb": 301},
    "report": {
        "minutes": 120,
        "students": 40,
        "parts": {"written as html": {"first_s": 0.15}, "written as pdf": {"first_s": 11.0}},
    },
    "comparison": {"sessions": 50, "parts_s": {"GET /api/v1/comparison, all of it": 0.35}},
}


def test_the_tables_of_readme_and_figures_are_those_of_the_run_that_is_kept():
    run = read_run(readme.KEPT)
    check({path: fill(path, text) for path, text in write_tables(run).items()})


def test_the_tables_tell_the_run_and_mark_what_is_missed():
    told = write_tables(sample_run(more=MORE))
    full = told[readme.ROOT / "docs" / "figures.md"]
    assert "| made 640x360, 1 face, in a stream | 4.6 ms; 1.10 of the bare networks |" in full
    assert "| made 640x360, 1 face, first | **9.9 ms; 1.10 of the bare networks** |" in full
    assert "A <chip>, 2 cores" in full
    assert "4.0 % of its length; 301 MB" in full
    assert "**0.15 s; 11.00 s**" in full
    assert "0.35 s; no browser here" in full
    short = told[readme.ROOT / "README.md"]
    assert len(short.splitlines()) < len(full.splitlines())
    assert set(short.splitlines()) <= set(full.splitlines())


def test_what_did_not_run_has_no_row():
    assert group_others({}) == []


def test_every_target_is_told_with_whether_it_is_met():
    lines = [line for group in summarize(sample_run()) for line in group.lines]
    assert {line.met for line in lines} == {True, False, None}
    assert all(line.target for line in lines if line.met is not None)


def test_what_is_not_known_is_neither_met_nor_missed():
    run = sample_run()
    service = run.service.model_copy(update={"memory_first_mb": None})
    lines = [
        line for g in summarize(run.model_copy(update={"service": service})) for line in g.lines
    ]
    unknown = [line for line in lines if line.what.startswith(("memory after", "growth"))]
    assert [(line.measured, line.met) for line in unknown] == [("–", None), ("–", None)]


def test_a_page_without_its_markers_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    for text in ("no markers", f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"):
        page.write_text(text)
        with pytest.raises(UnusableRun, match=r"page\.md needs the lines"):
            fill(page, "table")
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert fill(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_a_table_changed_by_hand_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("8 ms")
    with pytest.raises(UnusableRun, match="disagrees"):
        check({page: "9 ms"})


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"command": 7}'])
def test_what_is_no_run_is_refused(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(UnusableRun, match="is no run of this bench"):
        read_run(path)
    with pytest.raises(UnusableRun, match="can't be read"):
        read_run(tmp_path / "none.json")


def test_the_command_refuses_in_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    path.write_text("{}")
    monkeypatch.setattr(sys, "argv", ["readme", str(path)])
    with pytest.raises(SystemExit, match="is no run of this bench"):
        readme.main()


def peer_row(name: str, **changes: object) -> Row:
    row = {
        "name": name, "version": "1.0", "frame": "webcam_640x360_1", "width": 640, "height": 360,
        "rounds": 9, "ms": 10.0, "cpu_ms": 10.0, "faces_found": 2, "faces_there": 1,
        "faces_matched": 1,
    }  # fmt: skip
    return Row.model_validate({**row, **changes})


def test_peers_stand_beside_us_with_a_ratio_and_the_faces_that_are_there(tmp_path):
    told = Comparison(
        command="python -m bench.peers",
        made_at="2026-03-02T10:15:00+00:00",
        frames="the three galleries frames",
        core=1,
        roomtone=[peer_row("Roomtone")],
        peers=[
            peer_row("fer", ms=71.8, steady_ratio=14.36),
            peer_row("fer", frame="other", width=9, height=8, faces_there=None, faces_matched=None),
        ],
        left_out=[LeftOut(name="human", why="No node.")],
    )
    path = tmp_path / "peers.json"
    path.write_text(told.model_dump_json())
    run = sample_run(more={"peers": read_peers(path)})
    short = write_tables(run)[readme.ROOT / "README.md"]
    assert "| one core, ms a frame: faces of those there | 640x360 | 9x8 |" in short
    assert "| fer 1.0 | 72 (×14.4): 1 of 1 | 10.0: 2 |" in short
    assert "| Roomtone 1.0 | 10.0: 1 of 1 | – |" in short
    assert "human is left out: No node." in short
    path.write_text("{}")
    with pytest.raises(UnusableRun, match="no comparison with peers"):
        read_peers(path)
