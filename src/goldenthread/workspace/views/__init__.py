"""Pages of this room: the import wizard, exports, inbox, comments, questions answered by link."""
