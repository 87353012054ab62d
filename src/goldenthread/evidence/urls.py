"""Addresses of the room `evidence`."""

from django.urls import path

from goldenthread.evidence import views

app_name = "evidence"
urlpatterns = [
    path("track-record", views.calibration, name="calibration"),
    path("objectives/<int:key>/own-chance", views.own_chance, name="own_chance"),
]
