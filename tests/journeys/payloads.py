"""Two hundred texts that would run a program, if a page showed them as anything but text.

`python -m tests.journeys.payloads SHIFT` writes them into every text of the demo: each title, name, description and note of every
table of ours and of its history. With another shift every field carries others.
"""

import os
import sys
from itertools import cycle, islice, product
from typing import Any

BEFORE = ("", '">', "'>", "</title>", "</textarea>", "</option></select>", "</script>", "-->", "]]>", "</svg>")
VECTORS = (
    "<script>alert({n})</script>",
    "<script src=/xss?alert({n})></script>",
    "<img src=/xss onerror=alert({n})>",
    "<svg onload=alert({n})>",
    "<svg><animate onbegin=alert({n}) attributeName=x dur=1s>",
    "<iframe srcdoc='<script>alert({n})</script>'>",
    '<a href="javascript:alert({n})">x</a>',
    "<details open ontoggle=alert({n})>",
    "<input autofocus onfocus=alert({n})>",
    "<video><source onerror=alert({n})></video>",
    "<math><mtext><img src=/xss onerror=alert({n})>",
    "<object data='javascript:alert({n})'>",
    "<form action=javascript:alert({n})><button autofocus>x",
    "<style onload=alert({n})>*{{}}</style>",
    "<meta http-equiv=refresh content='0;url=javascript:alert({n})'>",
    "<base href=//xss.example/alert({n})/>",
    "<div hx-get=/xss?alert({n}) hx-trigger=load>x</div>",
    "<div data-hx-on:load=alert({n}) hx-on::load=alert({n})>x</div>",
    '" onmouseover="alert({n})" autofocus onfocus="alert({n})',
    "{{{{7*7}}}}${{alert({n})}}{{% raw %}}javascript:alert({n})",
)
KEPT = ("time_zone", "password", "digest", "secret", "prefix", "key", "ref_kind", "role", "history_type", "history_change_reason")
DATA = ("VersionDocument", "ScenarioContent")  # whose text is for the product, and sealed
SHORTEST = 100  # what is shorter is a code, a unit or a colour


def payloads() -> list[str]:
    """All of them, each with its number."""
    return [before + vector.format(n=n) for n, (before, vector) in enumerate(product(BEFORE, VECTORS))]


def texts(model: Any) -> list[Any]:
    """The fields of a model in which people write."""
    from django.db import models

    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.EmailField | models.SlugField | models.FileField)
        and not field.choices
        and field.name not in KEPT
        and (field.max_length is None or field.max_length >= SHORTEST)
    ]


def main(shift: int) -> None:
    """Write them everywhere; a long text takes several."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "goldenthread.config.settings"
    import django

    django.setup()
    from django.apps import apps
    from django.db import connection, transaction

    rooms = [config for config in apps.get_app_configs() if config.name.startswith("goldenthread.")]
    count = 0
    for model in (model for room in rooms for model in room.get_models() if model.__name__ not in DATA):
        for place, field in enumerate(texts(model)):
            many = 1 if (field.max_length or 0) in range(1, 400) else 5
            endless = islice(cycle(payloads()), shift + place * 7, None)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'SELECT "{model._meta.pk.column}" FROM "{model._meta.db_table}"')
                rows = [(" ".join(islice(endless, many)), key) for (key,) in cursor.fetchall()]
                cursor.execute("PRAGMA ignore_check_constraints = ON")  # a text may have to be empty beside another column
                write = f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s WHERE "{model._meta.pk.column}" = %s'
                cursor.executemany(write, [(f"{text} {key}"[: field.max_length], key) for text, key in rows])
            count += len(rows)
    print(count)


if __name__ == "__main__":
    main(int(sys.argv[1]))
