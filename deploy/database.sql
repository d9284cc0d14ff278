-- The roles of the database, once, by its superuser: the tables' owner, and the servers', who own nothing.
--
--     OWNER_PASSWORD=... SERVERS_PASSWORD=... psql --set ON_ERROR_STOP=1 --dbname memories --file deploy/database.sql
--
-- What the owner makes later, the servers may use: there is nothing to grant after an upgrade.

\getenv owner_password OWNER_PASSWORD
\getenv servers_password SERVERS_PASSWORD
\set database :DBNAME

CREATE EXTENSION IF NOT EXISTS vector;
CREATE ROLE memoryos_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE memoryos_app LOGIN PASSWORD :'servers_password';
GRANT CREATE ON DATABASE :"database" TO memoryos_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE memoryos_owner GRANT USAGE ON SCHEMAS TO memoryos_app;
ALTER DEFAULT PRIVILEGES FOR ROLE memoryos_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO memoryos_app;
