"""Addresses of the room `purpose`."""

from __future__ import annotations

from django.urls import path

from goldenthread.purpose.views import (
    kpis,
    mandates,
    objective_edit,
    objective_list,
    objective_page,
    offices,
    services,
    strategies,
)

app_name = "purpose"
urlpatterns = [
    path("objectives", objective_list.objective_list, name="objectives"),
    path("objectives/new", objective_edit.new_objective, name="new_objective"),
    path("objectives/advice", objective_edit.advice, name="advice"),
    path("objectives/<int:key>", objective_page.objective, name="objective"),
    path("objectives/<int:key>/edit", objective_edit.edit_objective, name="edit_objective"),
    path("objectives/<int:key>/targets/new", objective_edit.new_target, name="new_target"),
    path("objectives/<int:key>/propose", objective_edit.propose, name="propose_objective"),
    path("objectives/<int:key>/approve", objective_edit.approve, name="approve_objective"),
    path("objectives/<int:key>/send-back", objective_edit.send_back, name="return_objective"),
    path("objectives/<int:key>/achieve", objective_edit.achieve, name="achieve_objective"),
    path("objectives/<int:key>/retire", objective_edit.retire, name="retire_objective"),
    path("objectives/<int:key>/agree", objective_edit.agree, name="agree_objective"),
    path("targets/<int:key>/edit", objective_edit.edit_target, name="edit_target"),
    path("kpis", kpis.kpi_list, name="kpis"),
    path("kpis/new", kpis.new_kpi, name="new_kpi"),
    path("kpis/<int:key>", kpis.kpi, name="kpi"),
    path("kpis/<int:key>/edit", kpis.edit_kpi, name="edit_kpi"),
    path("kpis/<int:key>/redefine", kpis.redefine_kpi, name="redefine_kpi"),
    path("kpis/<int:key>/figures", kpis.enter_figure, name="enter_figure"),
    path("kpis/<int:key>/rates", kpis.set_rate, name="set_rate"),
    path("measurements/<int:key>/withdraw", kpis.withdraw_figure, name="withdraw_figure"),
    path("value-rates/<int:key>", kpis.settle_rate, name="settle_rate"),
    path("strategies", strategies.newest, name="strategies"),
    path("strategies/<int:key>", strategies.strategy, name="strategy"),
    path("strategies/stratml/<int:key>", strategies.stratml, name="stratml"),
    path("mandate", mandates.current_mandate, name="current_mandate"),
    path("mandate/new", mandates.new_mandate, name="new_mandate"),
    path("mandate/<int:key>", mandates.mandate, name="mandate"),
    path("mandate/<int:key>/edit", mandates.edit_mandate, name="edit_mandate"),
    path("mandate/<int:key>/successor", mandates.draft_successor, name="draft_successor"),
    path("mandate/<int:key>/in-force", mandates.put_in_force, name="put_in_force"),
    path("mandate/<int:key>/end", mandates.end_mandate, name="end_mandate"),
    path("mandate/<int:old>/compare/<int:new>", mandates.compare_mandates, name="compare_mandates"),
    path("offices", offices.offices, name="offices"),
    path("offices/new", offices.new_office, name="new_office"),
    path("offices/<int:key>", offices.office, name="office"),
    path("offices/<int:key>/edit", offices.edit_office, name="edit_office"),
    path("services", services.services, name="services"),
    path("services/new", services.new_service, name="new_service"),
    path("services/<int:key>/edit", services.edit_service, name="edit_service"),
    path("services/<int:key>/stop", services.stop_service, name="stop_service"),
]
