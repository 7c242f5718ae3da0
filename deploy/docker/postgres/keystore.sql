-- SPDX-License-Identifier: EUPL-1.2
-- One service's schema of the key store, and the role that sees this schema only. The key store is a database of its
-- own, best on a server of its own, with its own back-up. As superuser, with psql 15 or later:
--   psql -v service=requests -v password=… -f keystore.sql
\set ON_ERROR_STOP on
\set role parvis_ :service _keys

SELECT 'CREATE DATABASE parvis_keys' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'parvis_keys') \gexec
REVOKE ALL ON DATABASE parvis_keys FROM PUBLIC;
CREATE ROLE :"role" LOGIN PASSWORD :'password';
GRANT CONNECT ON DATABASE parvis_keys TO :"role";

\connect parvis_keys
CREATE SCHEMA :"service" AUTHORIZATION :"role";
ALTER ROLE :"role" IN DATABASE parvis_keys SET search_path = :"service";
