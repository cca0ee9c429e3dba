"""On PostgreSQL the database itself refuses to change what was put before a prescriber; on SQLite the model does."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION patients_terms_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        TG_OP = 'DELETE'
        OR NEW.status = 'draft'
        OR ROW (
            NEW.code, NEW.taper_id, NEW.number, NEW.content, NEW.sha256, NEW.entered,
            NEW.reason, NEW.alternatives, NEW.source, NEW.monitored_by, NEW.call,
            NEW.drawn_up_at, NEW.drawn_up_by_kind, NEW.drawn_up_by_code
        ) IS DISTINCT FROM ROW (
            OLD.code, OLD.taper_id, OLD.number, OLD.content, OLD.sha256, OLD.entered,
            OLD.reason, OLD.alternatives, OLD.source, OLD.monitored_by, OLD.call,
            OLD.drawn_up_at, OLD.drawn_up_by_kind, OLD.drawn_up_by_code
        )
    ) THEN
        RAISE EXCEPTION 'What was put before a prescriber never changes. Draw up a new version instead.';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER terms_are_frozen BEFORE UPDATE OR DELETE ON patients_taperversion
    FOR EACH ROW EXECUTE FUNCTION patients_terms_are_frozen();
"""

REMOVE = """
DROP TRIGGER terms_are_frozen ON patients_taperversion;
DROP FUNCTION patients_terms_are_frozen();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INSTALL)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_history_is_append_only")]

    operations = [migrations.RunPython(install, remove)]
