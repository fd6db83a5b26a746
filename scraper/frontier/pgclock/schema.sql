-- The clocks of hosts and addresses. Only the primary key is an index, so that updates
-- stay on their page (HOT); half of each page is free for them.
CREATE TABLE IF NOT EXISTS newsmorgue_clock (
	key    text        PRIMARY KEY, -- a host with its port if it has one, '@' and an address, or '' for the table itself
	holder text        NOT NULL,    -- the process that asks the host now; '' if none has since it was last given back
	token  bigint      NOT NULL,    -- one more each time it is taken; of the table, the version of this schema
	until  timestamptz NOT NULL,    -- nobody else takes the clock before
	next   timestamptz NOT NULL     -- the host rests until then; of the table, nobody asks any host before
) WITH (fillfactor = 50)
