-- What the clocks need, and nothing else. Run it as the owner of the database; "morgue" is
-- the user that the machines log in as. The tables are made by "newsmorgue cluster init",
-- or here, so that the user needs no right to make any:

CREATE TABLE IF NOT EXISTS newsmorgue_clock (
	key text PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL, until timestamptz NOT NULL, next timestamptz NOT NULL
) WITH (fillfactor = 50);
INSERT INTO newsmorgue_clock VALUES ('', '', 1, clock_timestamp(), clock_timestamp()) ON CONFLICT (key) DO NOTHING;

GRANT USAGE ON SCHEMA public TO morgue;
GRANT SELECT, INSERT, UPDATE ON newsmorgue_clock TO morgue;

-- Only if machines shall set up an emptied database by themselves:
-- GRANT CREATE ON SCHEMA public TO morgue;
