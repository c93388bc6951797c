"""How each answer of the one tap looks, on screen and on paper. As `model.palette` for emotions."""

from server.schemas.self_reports import SelfReportAnswer

ANSWER_COLOURS: dict[SelfReportAnswer, str] = {
    SelfReportAnswer.FOLLOWING: "#c3cbd1",
    SelfReportAnswer.LOST: "#4a5a66",
    SelfReportAnswer.TOO_FAST: "#7f93a1",
    SelfReportAnswer.BORED: "#a89f91",
}
"""Slate and sand, so that no answer is taken for an emotion; told apart by their patterns too."""

ANSWER_PATTERNS: dict[SelfReportAnswer, str] = {
    SelfReportAnswer.FOLLOWING: "",
    SelfReportAnswer.LOST: "x",
    SelfReportAnswer.TOO_FAST: "|",
    SelfReportAnswer.BORED: ".",
}

BOTTOM_TO_TOP: tuple[SelfReportAnswer, ...] = tuple(SelfReportAnswer)
"""Following lies on the ground, so that what is missing from it is seen from above."""
