"""Charts of the model: its calibration, why it predicts what it does, and what it would otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.accidents.charts import drawing
from app.accidents.charts.drawing import axis
from app.accidents.severity import service
from app.accidents.severity.service import Prediction
from app.http.errors import Conflict, Invalid
from app.model_versions import selection
from app.system import systems

SYSTEM = "accidents"


def calibration(language: str) -> dict[str, Any]:
    """Return how the mean predicted ECLO relates to the real one in each tenth of the tested accidents."""
    system = systems()[SYSTEM]
    version = selection.live(SYSTEM)[0].version
    card = selection.card(system.worker, version)
    metrics = card["metrics"]
    traces, rows = [], []
    for name in ("eleven", "extended"):
        shares = metrics.get(name, {}).get("calibration_by_decile", [])
        tenths = [str(i + 1) for i in range(len(shares))]
        traces.append(
            {"type": "scatter", "mode": "lines+markers", "x": tenths, "y": list(shares), "name": name}
        )
        rows += [[name, tenth, share] for tenth, share in zip(tenths, shares, strict=True)]
    worst = metrics["eleven"]["calibration_worst"]
    tested = metrics["rows"]
    layout = {
        "title": drawing.title("보정" if language == "ko" else "Calibration"),
        "xaxis": axis("예측의 십분위" if language == "ko" else "tenth by prediction", kind="category"),
        "yaxis": axis("예측 / 실제" if language == "ko" else "predicted / real", kind="linear"),
    }
    return _figure(
        "calibration",
        traces,
        layout,
        (("model", "tenth", "ratio"), rows),
        (
            f"검증 사고 {tested:,}건에서 십분위별 예측과 실제의 차이는 최대 {worst:.1%}입니다.",
            f"On {tested:,} tested accidents, predicted and real differ by at most {worst:.1%} in any tenth.",
        ),
        rows_used=tested,
    )


def prediction_of(prediction_id: UUID | None) -> Prediction:
    """Return the caller's prediction that a chart is about.

    Raises:
        Invalid: none is named.
        Conflict: it is not there yet.

    """
    if prediction_id is None:
        raise Invalid("This chart needs `prediction`, the id of a prediction.", code="bad_query")
    prediction = service.find(prediction_id)
    if not isinstance(prediction, Prediction):
        raise Conflict(f"Prediction {prediction_id} is not there yet; try again shortly.", code="not_ready")
    return prediction


def shap_waterfall(prediction_id: UUID | None, language: str) -> dict[str, Any]:
    """Return what each field adds to the typical value of one prediction."""
    prediction = prediction_of(prediction_id)
    parts = prediction.result.get("contributions")
    if not parts:
        raise Invalid(
            "This prediction was made without `explain: true`, so that its contributions are not kept; "
            "ask it again with it.",
            code="not_explained",
        )
    ordered = sorted(parts, key=lambda each: -abs(each["contribution"]))
    names = [f"{each['field']} = {drawing.label(each['value'], language)}" for each in ordered]
    values = [drawing.rounded(each["contribution"]) for each in ordered]
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "x": values,
        "y": [drawing.escape(name) for name in names],
        "measure": ["relative"] * len(values),
    }
    layout = {
        "title": drawing.title("예측의 이유" if language == "ko" else "Why this prediction"),
        "xaxis": axis("기여" if language == "ko" else "contribution", kind="linear"),
        "yaxis": axis("", kind="category", autorange="reversed"),
    }
    first = names[0] if names else "-"
    return _figure(
        "shap_waterfall",
        [trace],
        layout,
        (("field", "contribution"), list(zip(names, values, strict=True))),
        (f"가장 크게 작용한 것은 {first}입니다.", f"{first} moves it most."),
        rows_used=1,
    )


def what_if_hour(prediction_id: UUID | None, language: str) -> dict[str, Any]:
    """Return the predictions of one accident at other values of a field, as `vary` asked for them."""
    prediction = prediction_of(prediction_id)
    varied = prediction.result.get("varied")
    if not varied:
        raise Invalid(
            "This prediction was made without `vary`; ask it again with "
            '{"vary": {"accident_hour": [0, ..., 23]}}.',
            code="not_varied",
        )
    field, answers = varied["field"], varied["answers"]
    xs = [drawing.label(each["value"], language) for each in answers]
    ys = [drawing.rounded(each["eclo"]) for each in answers]
    highs = [drawing.rounded(each["p90"]) for each in answers]
    lows = [drawing.rounded(each["p10"]) for each in answers]
    traces = [
        {"type": "scatter", "mode": "lines", "x": xs, "y": y, "name": name}
        for name, y in (("p90", highs), ("ECLO", ys), ("p10", lows))
    ]
    layout = {
        "title": drawing.title(f"{field}: ECLO"),
        "xaxis": axis(field, kind="category"),
        "yaxis": axis("ECLO", kind="linear", rangemode="tozero"),
    }
    top = xs[ys.index(max(ys))]
    return _figure(
        "what_if_hour",
        traces,
        layout,
        ((field, "eclo", "p10", "p90"), list(zip(xs, ys, lows, highs, strict=True))),
        (
            f"예측 ECLO는 {field}이(가) {top}일 때 가장 높습니다.",
            f"The predicted ECLO is highest where {field} is {top}.",
        ),
        rows_used=len(xs),
    )


def _figure(
    name: str,
    traces: list[dict[str, Any]],
    layout: dict[str, Any],
    table: tuple[tuple[str, ...], list[Any]],
    alt: tuple[str, str],
    *,
    rows_used: int,
) -> dict[str, Any]:
    """Return a figure that rests on a model and not on a data set."""
    meta: dict[str, Any] = {
        "chart": name,
        "dataset_id": None,
        "version": None,
        "evidence_id": None,
        "evidence_ids": [],
        "rows_used": rows_used,
        "rows_left_out": 0,
        "table": {"columns": list(table[0]), "rows": [list(row) for row in table[1]]},
        "alt_ko": alt[0],
        "alt_en": alt[1],
        "notes": [],
    }
    return {"data": traces, "layout": {"template": None, **layout}, "meta": meta}
