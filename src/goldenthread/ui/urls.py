"""The gallery's addresses; included under `/ui/` while developing and in tests."""

from django.urls import path

from goldenthread.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("palette", views.palette, name="gallery_palette"),
    path("<slug:name>/", views.gallery, name="gallery_page"),
]
