from django.db import migrations


def take_out_names(apps, schema_editor):
    """Stored forecasts hold figures and ids alone: a name would outlive its row, and a person's name the person's erasure."""
    for made in apps.get_model("plan", "Forecast").objects.defer("inputs").iterator(20):
        levers = made.results.get("levers", {})
        if any("name" in lever for best in levers.values() for lever in best):
            made.results["levers"] = {
                key: [{field: value for field, value in lever.items() if field != "name"} for lever in best]
                for key, best in levers.items()
            }
            made.save(update_fields=["results"])


class Migration(migrations.Migration):

    dependencies = [
        ('plan', '0002_recurring_steps'),
    ]

    operations = [
        migrations.RunPython(take_out_names, migrations.RunPython.noop),
    ]
