"""Addresses of the room `accounts`."""

from __future__ import annotations

from django.urls import path

from goldenthread.accounts.views import activity, erasure, invitations, people, settings

app_name = "accounts"
urlpatterns = [
    path("head", activity.head, name="head"),
    path("activity", activity.activity, name="activity"),
    path("activity/<int:pk>", activity.changes, name="changes"),
    path("activity/<int:pk>/undo", activity.undo, name="undo"),
    path("people", people.people, name="people"),
    path("people/add", people.add, name="add_person"),
    path("people/<int:pk>", people.person, name="person"),
    path("people/<int:pk>/edit", people.edit, name="edit_person"),
    path("people/<int:pk>/roles", people.grant, name="grant_role"),
    path("people/<int:pk>/roles/<int:grant_pk>/withdraw", people.withdraw, name="withdraw_role"),
    path("people/<int:pk>/invite", people.invite, name="invite"),
    path("people/<int:pk>/everything", erasure.everything, name="everything"),
    path("people/<int:pk>/erase", erasure.erase, name="erase"),
    path("invitation/<str:secret>", invitations.invitation, name="invitation"),
    path("settings", settings.account, name="settings"),
    path("settings/mails", settings.mails, name="mails"),
    path("settings/sessions/end", settings.end_sessions, name="end_sessions"),
    path("settings/tokens", settings.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revoke", settings.revoke_token, name="revoke_token"),
    path("settings/organisation", settings.organisation, name="organisation"),
    path("settings/privacy", settings.privacy, name="privacy"),
    path("settings/privacy/data-sheet", settings.data_sheet, name="data_sheet"),
    path("settings/rates", settings.rates, name="rates"),
    path("settings/rates/<int:pk>/remove", settings.remove_rate, name="remove_rate"),
]
