-- The site's roles, once per server, by a superuser in the site's database:
--
--   psql --dbname=lensdb --file=deploy/postgres/roles.sql
--
-- Passwords come from files in /run/secrets (compose and the topology test put them there); elsewhere set them before:
--   psql --set=owner_password=… --set=web_password=… …
--
-- Nobody but the owner may make or change tables. What the others may do is in grants.sql and, for the dispatcher, in
-- `manage.py dispatcher_grants`; deploy/migrate.py applies both after every migration.
\set ON_ERROR_STOP on

\if :{?owner_password} \else \set owner_password `cat /run/secrets/owner_password` \endif
\if :{?web_password} \else \set web_password `cat /run/secrets/web_password` \endif
\if :{?dispatch_password} \else \set dispatch_password `cat /run/secrets/dispatch_password` \endif
\if :{?cells_password} \else \set cells_password `cat /run/secrets/cells_password` \endif
\if :{?backup_password} \else \set backup_password `cat /run/secrets/backup_password` \endif

CREATE ROLE lensdb_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE lensdb_web LOGIN PASSWORD :'web_password';
CREATE ROLE lensdb_dispatch LOGIN PASSWORD :'dispatch_password' CONNECTION LIMIT 20;
CREATE ROLE lensdb_cells LOGIN PASSWORD :'cells_password' CONNECTION LIMIT 20;
CREATE ROLE lensdb_backup LOGIN PASSWORD :'backup_password' CONNECTION LIMIT 3 IN ROLE pg_read_all_data;

-- A forgotten transaction keeps vacuum from the queue's dead rows; a runaway query keeps everybody waiting.
ALTER ROLE lensdb_web SET statement_timeout = '30s';
ALTER ROLE lensdb_web SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE lensdb_dispatch SET statement_timeout = '60s';
ALTER ROLE lensdb_dispatch SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE lensdb_cells SET idle_in_transaction_session_timeout = '120s';

SELECT format('ALTER DATABASE %I OWNER TO lensdb_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO lensdb_web, lensdb_dispatch, lensdb_cells, lensdb_backup',
              current_database()) \gexec
ALTER SCHEMA public OWNER TO lensdb_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lensdb_web, lensdb_dispatch, lensdb_cells, lensdb_backup;
