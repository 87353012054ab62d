"""Pages of the room: the record of the forecasts, and what finished work brought."""
