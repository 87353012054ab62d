"""Addresses of the room `plan`."""

from __future__ import annotations

from django.urls import path

from goldenthread.plan.views import contributions, duties, forecasts, freshness, goals, one_page, outline, steps, versions

app_name = "plan"
urlpatterns = [
    path("projects/goals", goals.goals, name="goals"),
    path("plan", outline.plan, name="plan"),
    path("plan/freshness", freshness.freshness, name="freshness"),
    path("plan/rows/add", outline.add_row, name="add_row"),
    path("plan/rows/act", outline.act_on_rows, name="act_on_rows"),
    path("plan/rows/<int:pk>/move", outline.move_row, name="move_row"),
    path("plan/rows/<int:pk>/end", outline.end_row, name="end_row"),
    path("plan/rows/<int:pk>/cell", outline.edit_cell, name="edit_cell"),
    path("plan/rows/<int:pk>/letter", outline.set_letter, name="set_letter"),
    path("plan/baseline", steps.set_baseline, name="set_baseline"),
    path("plan/steps/<int:pk>", steps.step, name="step"),
    path("plan/steps/<int:pk>/edit", steps.edit_step, name="edit_step"),
    path("plan/steps/<int:pk>/confirm", steps.confirm, name="confirm_step"),
    path("plan/steps/<int:pk>/stop", steps.stop, name="stop_step"),
    path("plan/steps/<int:pk>/remove", steps.remove, name="remove_step"),
    path("plan/steps/<int:pk>/duplicate", steps.duplicate, name="mark_duplicate"),
    path("plan/steps/<int:pk>/relate", steps.relate, name="relate"),
    path("plan/steps/<int:pk>/supervise", steps.supervise, name="supervise"),
    path("plan/relationships/<int:pk>/remove", steps.unrelate, name="unrelate"),
    path("plan/supervisions/<int:pk>/end", steps.end_supervision, name="end_supervision"),
    path("plan/contributions/add", contributions.add, name="add_contribution"),
    path("plan/contributions/say", contributions.say, name="say"),
    path("plan/contributions/<int:pk>", contributions.edit, name="edit_contribution"),
    path("plan/contributions/<int:pk>/judge", contributions.judge, name="judge_contribution"),
    path("plan/duties", duties.duties, name="duties"),
    path("plan/duties/add", duties.add_duty, name="add_duty"),
    path("plan/duties/<int:pk>", duties.edit_duty, name="edit_duty"),
    path("plan/versions", versions.versions, name="versions"),
    path("plan/versions/propose", versions.propose, name="propose"),
    path("plan/versions/<int:pk>", versions.version, name="version"),
    path("plan/versions/<int:pk>/changes", versions.changes, name="version_changes"),
    path("plan/versions/<int:pk>/sign", versions.sign, name="sign_version"),
    path("plan/versions/<int:pk>/approve", versions.approve, name="approve_version"),
    path("plan/versions/<int:pk>/withdraw", versions.withdraw, name="withdraw_version"),
    path("plan/versions/<int:pk>/read", versions.read, name="read_version"),
    path("plan/steps/<int:pk>/except", versions.except_step, name="except_step"),
    path("plan/objections/<int:pk>/answer", versions.answer, name="answer_objection"),
    path("plan/one-page", one_page.one_page, name="one_page"),
    path("plan/one-page/me", one_page.my_page, name="my_page"),
    path("plan/explain/<slug:kind>/<int:pk>", forecasts.explain, name="explain"),
    path("plan/forecast", forecasts.forecast_now, name="forecast_now"),
]
