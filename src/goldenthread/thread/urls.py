"""Addresses of the pages that read across rooms."""

from __future__ import annotations

from django.urls import path

from goldenthread.thread import views
from goldenthread.thread.views import first_run as first
from goldenthread.thread.views import people

app_name = "thread"
urlpatterns = [
    path("", views.today, name="today"),
    path("today/add", views.add_work, name="add_work"),
    path("today/seen", views.seen, name="seen"),
    path("today/<int:pk>/done", views.done, name="done"),
    path("today/<int:pk>/reopen", views.reopen, name="reopen"),
    path("today/<int:pk>/start", views.start, name="begin"),
    path("today/<int:pk>/block", views.block, name="block"),
    path("today/<int:pk>/estimate", views.estimate, name="estimate"),
    path("map", views.thread_map, name="map"),
    path("gaps", views.gaps, name="gaps"),
    path("gaps/act", views.act_on_gap, name="act_on_gap"),
    path("pulse", views.pulse, name="pulse"),
    path("palette", views.palette, name="palette"),
    path("people/<int:pk>/hand-over", people.hand_over, name="hand_over"),
    path("start", first.begin, name="start"),
    path("start/mandate", first.mandate, name="start_mandate"),
    path("start/objectives", first.objectives, name="start_objectives"),
    path("start/proposals", first.proposals, name="start_proposals"),
    path("start/targets/<int:pk>", first.settle, name="start_settle"),
    path("start/step", first.step, name="start_step"),
    path("start/projects", first.projects, name="start_projects"),
    path("start/result", first.result, name="start_result"),
]
