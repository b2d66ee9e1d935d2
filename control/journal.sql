-- SPDX-License-Identifier: BSD-3-Clause
-- Copyright (c) 2026 the uproar authors
--
-- The journal of uproar, version 1. docs/journal.md explains it. Times are Unix milliseconds.

-- One row a window, or a stretch of them: those that a slow disk has joined, that a start has found
-- in the arena, or that age has joined to a minute or an hour. No window is in two rows.
CREATE TABLE windows(
  window    INTEGER PRIMARY KEY, -- its number, or that of the last one of the stretch
  ends      INTEGER NOT NULL,
  length    INTEGER NOT NULL,    -- milliseconds; 0: not known
  joins     INTEGER NOT NULL,    -- how many windows it is made of
  level     INTEGER NOT NULL,    -- 0 as counted, 1 a minute, 2 an hour, 3 all that is older
  gap       INTEGER NOT NULL,    -- 1: with windows that were shown, and journalled at a later start
  arena     INTEGER NOT NULL,
  catalogue INTEGER NOT NULL
);
CREATE INDEX windows_by_level ON windows(level, window);
CREATE INDEX windows_by_end ON windows(ends);

-- The mood of a channel in a window; none if nobody tapped.
CREATE TABLE moods(
  window    INTEGER NOT NULL,
  channel   INTEGER NOT NULL,
  taps      INTEGER NOT NULL,    -- with those of the channels below it
  total     INTEGER NOT NULL,    -- since the channel began; never falls
  reactors  INTEGER,             -- estimated; of a stretch, the most in one window
  score     REAL,                -- -1 to 1; of a stretch, weighted by taps
  intensity REAL,                -- 1: as usual; of a stretch, the highest
  surge     INTEGER,             -- 1: in a surge
  PRIMARY KEY(window, channel)
) WITHOUT ROWID;

-- What was tapped in the channel itself.
CREATE TABLE counts(
  window    INTEGER NOT NULL,
  channel   INTEGER NOT NULL,
  reaction  INTEGER NOT NULL,
  taps      INTEGER NOT NULL,
  PRIMARY KEY(window, channel, reaction)
) WITHOUT ROWID;

-- Where each channel is after its last window.
CREATE TABLE channels(
  channel   INTEGER PRIMARY KEY,
  window    INTEGER NOT NULL,
  total     INTEGER NOT NULL
);

-- A row for each change of the catalogue: what GET /v1/catalogue told from then on.
CREATE TABLE catalogues(
  catalogue INTEGER PRIMARY KEY,
  since     INTEGER NOT NULL,
  document  TEXT NOT NULL        -- JSON
);
CREATE VIEW reactions AS
  SELECT c.catalogue, json_extract(r.value, '$.reaction') AS reaction,
    json_extract(r.value, '$.name') AS name, json_extract(r.value, '$.emoji') AS emoji,
    json_extract(r.value, '$.weight') AS weight
  FROM catalogues c, json_each(c.document, '$.reactions') r;
CREATE VIEW channel_names AS
  SELECT c.catalogue, json_extract(r.value, '$.channel') AS channel,
    json_extract(r.value, '$.name') AS name, json_extract(r.value, '$.parent') AS parent
  FROM catalogues c, json_each(c.document, '$.channels') r;

-- A row for each start.
CREATE TABLE runs(
  run       INTEGER PRIMARY KEY,
  started   INTEGER NOT NULL,
  version   TEXT NOT NULL,       -- of uproard
  name      TEXT NOT NULL,       -- of the appliance
  arena     INTEGER NOT NULL,
  window    INTEGER NOT NULL,    -- the last before it; 0: none
  ended     INTEGER,             -- NULL: it runs, or nobody knows when it ended
  outcome   TEXT                 -- 'stopped', 'failed'; 'died': the next start found no end
);

-- The arenas that were counted in.
CREATE TABLE arenas(
  arena     INTEGER PRIMARY KEY,
  generation TEXT NOT NULL UNIQUE,
  since     INTEGER NOT NULL
);

-- What windows hold of each arena, in sum. Each transaction of a window changes both, so a start
-- knows from here what it has to make up for.
CREATE TABLE tallies(
  arena     INTEGER NOT NULL,
  channel   INTEGER NOT NULL,
  began     INTEGER NOT NULL,    -- window in which the channel was given its place in the arena
  reaction  INTEGER NOT NULL,
  taps      INTEGER NOT NULL,
  PRIMARY KEY(arena, channel, began, reaction)
) WITHOUT ROWID;
