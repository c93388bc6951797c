"""Curves of a run, drawn from its metrics."""

import json
import sys

import pytest

import model.training
from model.training import curve_page
from model.training.curves import CurvesTracker, describe, find_best, lay_out, read_rows


def told(accuracy, loss=1.0):
    return {"faces": 70, "loss": loss, "accuracy": accuracy, "macro_recall": accuracy / 2}


def epoch(number, crowd=0.5, fer2013=0.4):
    return {
        "epoch": number,
        "loss": 2 / number,
        "learning_rate": 0.1,
        "train": {"crowd": told(0.3), "fer2013": told(0.2)},
        "crowd": told(crowd),
        "fer2013": told(fer2013),
    }


def write_rows(folder, rows):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "metrics.jsonl").write_text(text, "utf-8")


def test_every_measure_has_a_curve_for_each_label_set():
    loss, accuracy, recall, rate = lay_out([epoch(1), epoch(2)])
    names = [curve.name for curve in accuracy.curves]
    assert names == [
        "crowd's labels (FER+), valid",
        "crowd's labels (FER+), trained on",
        "FER2013's labels, valid",
        "FER2013's labels, trained on",
    ]
    assert accuracy.curves[0].values == (50, 50)
    assert [len(panel.curves) for panel in (loss, recall, rate)] == [5, 4, 1]


def test_a_label_set_that_decides_on_no_face_has_no_curve():
    rows = [{**epoch(1), "crowd": {**told(0.0), "faces": 0}}]
    assert not any("FER+" in c.name and "valid" in c.name for c in lay_out(rows)[1].curves)
    assert describe(rows, "tiny") == "tiny · 1 epoch · best: epoch 1, fer2013 40.0 %"


def test_the_best_epoch_is_the_first_of_the_best_mean():
    assert find_best([epoch(1), epoch(2, 0.7, 0.6), epoch(3, 0.6, 0.7)]) == 2
    assert find_best([{"epoch": 1, "loss": 1.0}]) is None


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path):
    write_rows(tmp_path, [epoch(1)])
    with (tmp_path / "metrics.jsonl").open("a") as log:
        log.write('{"epoch": 2, "lo')
    assert [row["epoch"] for row in read_rows(tmp_path / "metrics.jsonl")] == [1]


def test_a_run_that_goes_on_shows_all_of_its_epochs(tmp_path):
    pytest.importorskip("matplotlib", reason="needs matplotlib, of the training extra")
    tracker = CurvesTracker(tmp_path)
    tracker.start({"network": "tiny"})
    assert not (tmp_path / "curves.png").exists()
    write_rows(tmp_path, [epoch(1), epoch(2)])
    CurvesTracker(tmp_path).start({"network": "tiny"})
    page = (tmp_path / "curves.html").read_text("utf-8")
    assert " 2 epochs" in page
    assert "visible-expression" in page
    write_rows(tmp_path, [epoch(1), epoch(2), epoch(3)])
    tracker.epoch(epoch(3))
    assert " 3 epochs" in (tmp_path / "curves.html").read_text("utf-8")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_asks_nobody_else_for_anything():
    page = curve_page.draw_page([epoch(1)], "tiny")
    assert 'src="http' not in page
    assert '"showSendToCloud": false' in page


def test_a_folder_that_cannot_be_written_costs_the_curves_only(tmp_path):
    write_rows(tmp_path, [epoch(1)])
    (tmp_path / "curves.html").mkdir()
    said = []
    tracker = CurvesTracker(tmp_path, said.append)
    tracker.start({})
    tracker.epoch(epoch(1))
    assert len(said) == 1
    assert "the training goes on" in said[0]


def test_without_matplotlib_the_page_is_drawn_and_the_picture_is_said_to_lack(
    tmp_path, monkeypatch
):
    for name in [name for name in sys.modules if name.startswith(("matplotlib", "model.training"))]:
        if name.split(".")[-1] == "curve_picture" or name.startswith("matplotlib"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delattr(model.training, "curve_picture", raising=False)
    write_rows(tmp_path, [epoch(1)])
    said = []
    CurvesTracker(tmp_path, said.append).start({})
    assert (tmp_path / "curves.html").exists()
    assert "pip install" in said[0]
