"""On PostgreSQL the database itself refuses to change or delete history; on SQLite the model does."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION patients_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to.';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON patients_transition
    FOR EACH ROW EXECUTE FUNCTION patients_append_only();
"""

REMOVE = """
DROP TRIGGER append_only ON patients_transition;
DROP FUNCTION patients_append_only();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INSTALL)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
