"""On PostgreSQL the database itself refuses to change or delete history; on SQLite the model does."""

from django.db import migrations

TABLES = (
    "transition",
    "scan",
    "prescriberanswer",
    "signature",
    "writtenconfirmation",
    "usereport",
    "supply",
    "orderstock",
    "findingchange",
    "remindernote",
    "reminderpast",
    "attemptpast",
)

FUNCTION = """
CREATE FUNCTION patients_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to.';
END $$;
"""
TRIGGER = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON patients_{table}
    FOR EACH ROW EXECUTE FUNCTION patients_append_only();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        for table in TABLES:
            schema_editor.execute(TRIGGER.format(table=table))


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER append_only ON patients_{table}")
        schema_editor.execute("DROP FUNCTION patients_append_only()")


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
