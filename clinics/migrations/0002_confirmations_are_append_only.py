"""On PostgreSQL the database itself refuses to change or delete a confirmation; on SQLite the model does."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION clinics_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to.';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_prescriberconfirmation
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();
"""

REMOVE = """
DROP TRIGGER append_only ON clinics_prescriberconfirmation;
DROP FUNCTION clinics_append_only();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INSTALL)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
