"""On PostgreSQL the database itself refuses to change what plans may have been made from; on SQLite the models do."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION protocols_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A row of the catalogue never changes: plans were made from it. Revise it instead.';
END $$;

-- Retiring is the one thing that may still happen to an item, and it happens once.
CREATE FUNCTION protocols_catalogue_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE retiring text[] := ARRAY['retired_at', 'retired_by_kind', 'retired_by_code'];
BEGIN
    IF OLD.retired_at IS NOT NULL OR to_jsonb(NEW) - retiring IS DISTINCT FROM to_jsonb(OLD) - retiring THEN
        RAISE EXCEPTION 'A row of the catalogue never changes: plans were made from it. Revise it instead.';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER never_changes BEFORE UPDATE ON protocols_medicine
    FOR EACH ROW EXECUTE FUNCTION protocols_catalogue_item();
CREATE TRIGGER never_deleted BEFORE DELETE ON protocols_medicine
    FOR EACH ROW EXECUTE FUNCTION protocols_refuse_change();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON protocols_medicinestrength
    FOR EACH ROW EXECUTE FUNCTION protocols_refuse_change();
CREATE TRIGGER never_changes BEFORE UPDATE ON protocols_supplement
    FOR EACH ROW EXECUTE FUNCTION protocols_catalogue_item();
CREATE TRIGGER never_deleted BEFORE DELETE ON protocols_supplement
    FOR EACH ROW EXECUTE FUNCTION protocols_refuse_change();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON protocols_ingredient
    FOR EACH ROW EXECUTE FUNCTION protocols_refuse_change();
"""

REMOVE = """
DROP TRIGGER never_changes ON protocols_medicine;
DROP TRIGGER never_deleted ON protocols_medicine;
DROP TRIGGER never_changes ON protocols_medicinestrength;
DROP TRIGGER never_changes ON protocols_supplement;
DROP TRIGGER never_deleted ON protocols_supplement;
DROP TRIGGER never_changes ON protocols_ingredient;
DROP FUNCTION protocols_catalogue_item();
DROP FUNCTION protocols_refuse_change();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INSTALL)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("protocols", "0002_published_versions_are_frozen")]

    operations = [migrations.RunPython(install, remove)]
