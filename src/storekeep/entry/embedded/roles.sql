-- Makes the product's database roles and gives each the least it needs. A superuser runs it inside the product's database,
-- as often as they like. It expects the session settings setup.owner_password, setup.runtime_password, setup.system_password.
--   storekeep_owner  owns the database and its tables; migrations only
--   app_rt           requests and jobs; owns nothing, cannot pass row-level security
--   app_system       directories and the headers of jobs and deliveries; owns nothing, cannot pass row-level security
--   search_owner     cannot log in; owns the guarded search functions, which read past row-level security by tenant
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT * FROM (VALUES
      ('storekeep_owner', 'LOGIN NOBYPASSRLS', current_setting('setup.owner_password')),
      ('app_rt', 'LOGIN NOBYPASSRLS', current_setting('setup.runtime_password')),
      ('app_system', 'LOGIN NOBYPASSRLS', current_setting('setup.system_password')),
      ('search_owner', 'NOLOGIN BYPASSRLS', NULL)
    ) AS roles (name, attributes, password)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
      EXECUTE format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION %s', wanted.name, wanted.attributes);
    END IF;
    IF wanted.password IS NOT NULL THEN
      EXECUTE format('ALTER ROLE %I PASSWORD %L', wanted.name, wanted.password);
    END IF;
  END LOOP;

  -- The owner may hand a function over to search_owner, but does not carry its rights around.
  GRANT search_owner TO storekeep_owner WITH INHERIT FALSE, SET TRUE;

  EXECUTE format('ALTER DATABASE %I OWNER TO storekeep_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  -- TEMPORARY: bulk writes go through a temporary table, for COPY into a table under row-level security is refused.
  EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO app_rt, app_system', current_database());
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  GRANT USAGE ON SCHEMA public TO app_rt, app_system, search_owner;
END
$$;
