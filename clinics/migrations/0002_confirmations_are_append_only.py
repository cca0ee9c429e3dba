"""On PostgreSQL the database itself refuses to change or delete what is only added; on SQLite the model does."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION clinics_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to.';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_prescriberconfirmation
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_staffedhours
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_staffedstretch
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_emergencynumber
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_escalationorder
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON clinics_escalationstep
    FOR EACH ROW EXECUTE FUNCTION clinics_append_only();
"""

REMOVE = """
DROP TRIGGER append_only ON clinics_prescriberconfirmation;
DROP TRIGGER append_only ON clinics_staffedhours;
DROP TRIGGER append_only ON clinics_staffedstretch;
DROP TRIGGER append_only ON clinics_emergencynumber;
DROP TRIGGER append_only ON clinics_escalationorder;
DROP TRIGGER append_only ON clinics_escalationstep;
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
