-- The least rights on the tables of a cluster. Run this after "newsmorgue cluster init", as
-- newsmorgue_owner, who owns the tables:
--
--   newsmorgue cluster init -a s3://… --database postgres://newsmorgue_owner@db.example.org/newsmorgue
--   psql -h db.example.org -U newsmorgue_owner -d newsmorgue -f grants.sql

-- Which cluster it is, and the version of the tables.
GRANT SELECT ON newsmorgue_cluster TO newsmorgue, newsmorgue_reader;
-- The machines. DELETE is for "newsmorgue cluster forget" alone.
GRANT SELECT, INSERT, UPDATE, DELETE ON newsmorgue_machine TO newsmorgue;
GRANT SELECT ON newsmorgue_machine TO newsmorgue_reader;
-- Who holds which shard. The rows are made by "newsmorgue cluster init".
GRANT SELECT, UPDATE ON newsmorgue_shard TO newsmorgue;
GRANT SELECT ON newsmorgue_shard TO newsmorgue_reader;
-- When each host may be asked: a row for each host and address.
GRANT SELECT, INSERT, UPDATE ON newsmorgue_clock TO newsmorgue;

-- With these rights, machines wait if somebody empties the database, until its owner runs
-- "newsmorgue cluster init" and this file again. If machines are to set it up by themselves:
--
--   GRANT CREATE ON SCHEMA public TO newsmorgue;
--   GRANT INSERT ON newsmorgue_cluster, newsmorgue_shard TO newsmorgue;
