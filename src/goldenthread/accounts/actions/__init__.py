"""Writes of organisations, people, scopes, roles and tokens; and the changeset under which every write of the product happens."""

from goldenthread.accounts.actions.changesets import changeset, once
from goldenthread.accounts.actions.erasure import (
    Preview,
    erase_person,
    preview_erasure,
    require_erasure,
    take_out_everything,
)
from goldenthread.accounts.actions.organisations import (
    edit_organisation,
    forget_sessions,
    found_organisation,
    issue_token,
    note_use,
    remove_rate,
    require_settings,
    revoke_token,
    set_rate,
)
from goldenthread.accounts.actions.persons import (
    INVITATION_DAYS,
    accept_invitation,
    add_person,
    edit_person,
    grant_role,
    invite,
    open_account,
    withdraw_role,
)
from goldenthread.accounts.actions.scopes import add_scope, add_scopes, lift_scope, name_scopes, place_scope

__all__ = [
    "INVITATION_DAYS",
    "Preview",
    "accept_invitation",
    "add_person",
    "add_scope",
    "add_scopes",
    "changeset",
    "edit_organisation",
    "edit_person",
    "erase_person",
    "forget_sessions",
    "found_organisation",
    "grant_role",
    "invite",
    "issue_token",
    "lift_scope",
    "name_scopes",
    "note_use",
    "once",
    "open_account",
    "place_scope",
    "preview_erasure",
    "remove_rate",
    "require_erasure",
    "require_settings",
    "revoke_token",
    "set_rate",
    "take_out_everything",
    "withdraw_role",
]
