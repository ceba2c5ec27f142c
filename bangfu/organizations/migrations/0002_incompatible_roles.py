from django.db import migrations

from bangfu.common.triggers import per_vendor

MESSAGE = "incompatible roles: one person holds both in the same days"

# A post overlaps another one of the same person, in whatever union, whose role excludes this one.
OVERLAP = """
    SELECT 1 FROM organizations_post held
    JOIN organizations_rolepair pair ON pair.one = held.role AND pair.other = NEW.role
    WHERE held.user_id = NEW.user_id AND held.id {isnot} NEW.id
      AND (NEW.ends_on IS NULL OR held.starts_on <= NEW.ends_on)
      AND (held.ends_on IS NULL OR held.ends_on >= NEW.starts_on)
"""


def lite(event):
    return (
        f"CREATE TRIGGER post_roles_{event.lower()} BEFORE {event} ON organizations_post "
        f"WHEN EXISTS ({OVERLAP.format(isnot='IS NOT')}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]
    operations = [
        per_vendor(
            sqlite=[lite("INSERT"), lite("UPDATE")],
            undo_sqlite=["DROP TRIGGER post_roles_insert", "DROP TRIGGER post_roles_update"],
            postgresql=[
                # the person's row is locked, so that two posts given at the same moment see each other
                "CREATE FUNCTION post_roles() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
                "PERFORM 1 FROM organizations_user WHERE id = NEW.user_id FOR UPDATE; "
                f"IF EXISTS ({OVERLAP.format(isnot='IS DISTINCT FROM')}) THEN "
                f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $body$",
                "CREATE TRIGGER post_roles BEFORE INSERT OR UPDATE ON organizations_post FOR EACH ROW EXECUTE FUNCTION post_roles()",
            ],
            undo_postgresql=["DROP TRIGGER post_roles ON organizations_post", "DROP FUNCTION post_roles()"],
        )
    ]
