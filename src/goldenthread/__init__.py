"""Golden Thread: a PMO and project-portfolio system that ties today's work to the organisation's goals.

The rooms and the direction of their imports are listed in `.importlinter`; docs/decisions/0002 says why.
"""

__version__ = "0.1.0"
