-- The roles of a cluster's database. Run this once, before "newsmorgue cluster init", in the
-- cluster's database, as a user who may make roles:
--
--   createdb newsmorgue
--   psql -d newsmorgue -f roles.sql
--
-- Then give each role a password, in psql: \password newsmorgue_owner, and so on.

-- It owns the tables: "newsmorgue cluster init", upgrades and grants.sql run as this role. No
-- machine has its password.
CREATE ROLE newsmorgue_owner LOGIN;
-- The machines ("newsmorgue watch"), and commands that write.
CREATE ROLE newsmorgue LOGIN;
-- "newsmorgue cluster status", for monitoring.
CREATE ROLE newsmorgue_reader LOGIN;

-- Nobody else makes tables here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO newsmorgue_owner;
GRANT USAGE ON SCHEMA public TO newsmorgue, newsmorgue_reader;
