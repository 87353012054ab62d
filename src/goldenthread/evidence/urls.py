"""Addresses of the room `evidence`."""

from django.urls import path

from goldenthread.evidence.views import calibration, own_estimates, results

app_name = "evidence"
urlpatterns = [
    path("track-record", calibration.calibration, name="calibration"),
    path("objectives/<int:key>/own-chance", own_estimates.own_chance, name="own_chance"),
    path("results", results.results, name="results"),
    path("results/add/<int:pk>", results.register, name="register"),
    path("results/<int:pk>", results.result, name="result"),
    path("results/<int:pk>/note", results.note, name="note"),
    path("results/<int:pk>/look", results.look, name="look"),
    path("results/<int:pk>/rival", results.rival, name="rival"),
    path("results/<int:pk>/withdraw", results.withdraw, name="withdraw"),
]
