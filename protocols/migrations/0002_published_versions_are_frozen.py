"""On PostgreSQL the database itself refuses to change a published version; on SQLite the models do."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION protocols_refuse_frozen(version_status text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF version_status IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'A published version never changes. Start a new draft from it instead.';
    END IF;
END $$;

-- Locked for the rest of the transaction, so that a part cannot slip in while its version is being published.
CREATE FUNCTION protocols_status(wanted bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    SELECT status INTO found FROM protocols_templateversion WHERE id = wanted FOR SHARE;
    RETURN found;
END $$;

CREATE FUNCTION protocols_part_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    -- The row of a version that is being deleted as a whole is gone already; deleting it was checked there.
    IF TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM protocols_templateversion WHERE id = part.version_id) THEN
        PERFORM protocols_refuse_frozen(protocols_status(part.version_id));
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.version_id <> NEW.version_id THEN
        PERFORM protocols_refuse_frozen(protocols_status(OLD.version_id));
    END IF;
    RETURN part;
END $$;

CREATE FUNCTION protocols_part_of_phase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    IF TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM protocols_phasetemplate WHERE id = part.phase_id) THEN
        PERFORM protocols_refuse_frozen(protocols_status(
            (SELECT version_id FROM protocols_phasetemplate WHERE id = part.phase_id)
        ));
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.phase_id <> NEW.phase_id THEN
        PERFORM protocols_refuse_frozen(protocols_status(
            (SELECT version_id FROM protocols_phasetemplate WHERE id = OLD.phase_id)
        ));
    END IF;
    RETURN part;
END $$;

CREATE FUNCTION protocols_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM protocols_refuse_frozen(OLD.status);
        RETURN OLD;
    END IF;
    -- Retiring is the one thing that may still happen to a published version.
    IF OLD.status <> 'draft' AND to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' THEN
        PERFORM protocols_refuse_frozen(OLD.status);
    END IF;
    IF OLD.status <> 'draft' AND NEW.status = 'draft' THEN
        PERFORM protocols_refuse_frozen(OLD.status);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON protocols_phasetemplate
    FOR EACH ROW EXECUTE FUNCTION protocols_part_of_version();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON protocols_ordertemplate
    FOR EACH ROW EXECUTE FUNCTION protocols_part_of_version();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON protocols_criteriontemplate
    FOR EACH ROW EXECUTE FUNCTION protocols_part_of_phase();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON protocols_templateversion
    FOR EACH ROW EXECUTE FUNCTION protocols_version();
"""

REMOVE = """
DROP TRIGGER frozen ON protocols_phasetemplate;
DROP TRIGGER frozen ON protocols_ordertemplate;
DROP TRIGGER frozen ON protocols_criteriontemplate;
DROP TRIGGER frozen ON protocols_templateversion;
DROP FUNCTION protocols_part_of_version();
DROP FUNCTION protocols_part_of_phase();
DROP FUNCTION protocols_version();
DROP FUNCTION protocols_status(bigint);
DROP FUNCTION protocols_refuse_frozen(text);
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INSTALL)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("protocols", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
