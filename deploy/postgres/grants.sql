-- What each role may do, after every migration, as the owner: deploy/migrate.py runs it. Running it again changes nothing.
-- The dispatcher's are printed by `manage.py dispatcher_grants`, beside the code that knows its tables.
DO $$
DECLARE
    name text;
    columns text;
    people CONSTANT text := '^(accounts|account|audit|auth|django|limits|mfa|moderation|persons|processing)_|^cache$';
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, lensdb_web, lensdb_cells', name);
        -- Web: everything, but history is only ever added to.
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO lensdb_web', name);
        -- Cells: read the archive but for serial numbers, write the cells. No people, no sessions, no decisions.
        IF name ~ '^aggregates_' THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO lensdb_cells', name);
        ELSIF name !~ people THEN
            SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = name AND column_name !~ '^serial_';
            EXECUTE format('GRANT SELECT (%s) ON public.%I TO lensdb_cells', columns, name);
        END IF;
    END LOOP;
END $$;

REVOKE UPDATE, DELETE ON audit_event FROM lensdb_web;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM lensdb_web;
GRANT DELETE ON submissions_stalecopy TO lensdb_cells;
GRANT UPDATE (id) ON catalog_lensmodel TO lensdb_cells;  -- to lock a lens while its cells are written, nothing else

GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO lensdb_web, lensdb_cells;
