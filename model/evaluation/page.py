"""An evaluation as one HTML page that needs nothing else: charts, and every chart as a table.

Plotly's script is inlined, so that the page works without a network and sends nothing anywhere.
"""

import json
from html import escape
from importlib.resources import files

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from model.card import ModelCard
from model.evaluation import figures, wording
from model.evaluation.wording import Rows, Told, percent


def write_page(told: Told, card: ModelCard) -> str:
    """Return the page of an evaluation with at least one face."""
    assets = files("model.evaluation") / "assets"
    parts = [
        _head(told, card),
        _section("Figures", _table(wording.headline_columns(told), wording.headline_rows(told))),
        _section("Emotion by emotion", _emotions(told)),
        _section("What is taken for what", _confusion(told)),
        _section("Does it know when it is unsure?", _reliability(told)),
        _robustness(told),
        _section("Limits", f"<p>{escape(card.limits)}</p>" + _agreement(told)),
        _section("How this was measured", _method(told, card)),
    ]
    title = f"{card.name} {card.version} on {told['dataset']}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{(assets / 'page.css').read_text('utf-8')}</style>\n"
        f"<script>{get_plotlyjs()}</script>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + f"\n</main>\n<script>\n{(assets / 'page.js').read_text('utf-8')}</script>\n"
        "</body>\n</html>\n"
    )


def _head(told: Told, card: ModelCard) -> str:
    accuracy = wording.interval_of("accuracy", told["intervals"]["accuracy"])
    worst = " and ".join(
        f"{emotion} ({percent(told['recall'][emotion], 0)})" for emotion in wording.tell_worst(told)
    )
    speed = f" A face takes {told['ms_per_face']} ms." if told["ms_per_face"] else ""
    return (
        f"<h1>{escape(card.name)} {escape(card.version)}</h1>\n"
        f'<p class="lead">Right about <strong>{percent(told["accuracy"])}</strong> of '
        f"{told['n']:,} faces (95 % interval {accuracy}), macro-F1 {percent(told['macro_f1'])}. "
        f"Least often recognised: {escape(worst)}.{speed}</p>\n"
        f"<p>Dataset: {escape(told['dataset'])}. Labels: {escape(wording.LABELS[told['labels']])}. "
        "Visible expressions, not feelings, attention or understanding.</p>"
    )


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>"


def _emotions(told: Told) -> str:
    chart = _chart(
        figures.draw_emotions(told),
        "Recall, precision and F1 of each emotion with 95 % intervals",
        "Recall: of the faces that show it, how many are told so. Precision: of those told so, "
        "how many show it. The whiskers are 95 % intervals.",
    )
    return chart + _twin(wording.EMOTION_COLUMNS, wording.emotion_rows(told), opened=True)


def _confusion(told: Told) -> str:
    rows = [
        [name, *(f"{n:,}" for n in row)]
        for name, row in zip(told["emotions"], told["confusion"], strict=True)
    ]
    chart = _chart(
        figures.draw_pairs(told),
        "Confusion matrix: rows are the true emotion, columns what the network told",
        "Each row is one true emotion; its shares add up to 100 %. The diagonal is right.",
    )
    return chart + _twin(["true \\ told", *told["emotions"]], rows)


def _reliability(told: Told) -> str:
    chart = _chart(
        figures.draw_reliability(told),
        "Reliability: share of right answers over the confidence told",
        "On the dotted line the network is as sure as it is right; below it, too sure. Larger "
        f"dots hold more faces. Expected calibration error: {percent(told['ece'])}.",
    )
    return chart + _twin(
        ["confidence", "faces", "mean confidence", "right"], wording.reliability_rows(told)
    )


def _robustness(told: Told) -> str:
    if "robustness" not in told:
        return _section("Spoilt faces", "<p>Not measured in this run (--robustness).</p>")
    said = (
        "<p>The same faces, spoilt before the network sees them. Bands and whiskers are 95 % "
        "intervals. The crop is spoilt, not the frame it came from: for a large face that is "
        "harsher than a spoilt frame.</p>"
    )
    parts = [said, '<div class="grid">']
    for one in told["robustness"]:
        worst = min(one["levels"], key=lambda level: float(level["accuracy"]))
        sentence = f"Worst at {worst['level']}: {percent(worst['accuracy'])} right."
        parts += [
            f"<div><h3>{escape(one['name'])}</h3>",
            _chart(
                figures.draw_disturbance(told, one),
                f"Accuracy and macro-F1 by {one['name']}",
                sentence,
            ),
            _twin(wording.DISTURBANCE_COLUMNS, wording.disturbance_rows(told, one)),
            "</div>",
        ]
    return _section("Spoilt faces", "\n".join([*parts, "</div>"]))


def _agreement(told: Told) -> str:
    agreement = told.get("agreement")
    if not agreement:
        return ""
    return (
        "<p>The labels are noisy: of these faces, the crowd has a majority for one emotion on "
        f"{agreement['decided']:,} of {agreement['faces']:,}, and FER2013's label says the same "
        f"on {percent(agreement['share_of_decided'])} of these.</p>"
    )


def _method(told: Told, card: ModelCard) -> str:
    bootstrap = told["bootstrap"]
    left_out = "".join(f"<li>{escape(one)}</li>" for one in told["skipped_pictures"])
    notes = "".join(f"<p>{escape(note)}</p>" for note in told["notes"])
    return (
        f"<p>Through the ONNX file and the preprocessing that the server uses. "
        f"Intervals: {percent(bootstrap['level'], 0)}, percentile bootstrap over faces, "
        f"{bootstrap['resamples']:,} resamples, seed {bootstrap['seed']}. "
        "They tell what other faces of the same kind would change, not what other people, "
        "cameras or labels would. Milliseconds a face: median over batches of eight, one thread, "
        "this machine.</p>"
        f"<p>Trained on: {escape(card.trained_on)}. {escape(card.description)}</p>"
        f"<p>Network file: {told['network_bytes'] / 1e6:.2f} MB, SHA-256 "
        f"<code>{escape(told['network_sha256'])}</code>.</p>{notes}"
        + (f"<h3>Left out: {told['skipped']:,}</h3><ul>{left_out}</ul>" if left_out else "")
    )


def _chart(figure: go.Figure, spoken: str, caption: str) -> str:
    figure.update_layout(template=None)
    data = json.dumps(json.loads(figure.to_json()), ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<figure>\n<div class="chart" role="img" aria-label="{escape(spoken)}. The same follows '
        f'as a table." style="min-height:{figure.layout.height}px"></div>\n'
        f'<script type="application/json">{data}</script>\n'
        f"<figcaption>{escape(caption)}</figcaption>\n</figure>\n"
    )


def _twin(columns: list[str], rows: Rows, *, opened: bool = False) -> str:
    state = " open" if opened else ""
    return f"<details{state}><summary>As a table</summary>{_table(columns, rows)}</details>"


def _table(columns: list[str], rows: Rows) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        '<div class="table" tabindex="0" role="region" aria-label="Table">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
