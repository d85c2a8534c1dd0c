-- What must be true after a storm, asked of the rows alone: one row for each rule that is broken, none when all is well.
-- Knows nothing of the site's code. Table `acknowledged(public_id, is_torn)` holds what the senders were told is
-- submitted, and whether its photos are cut off; `expected(n_series, n_photos)` how many there are, of how many photos.

WITH
sent AS (SELECT * FROM submissions_series WHERE submitted_at IS NOT NULL),
good AS (SELECT sent.* FROM sent JOIN acknowledged USING (public_id) WHERE NOT is_torn),
torn AS (SELECT sent.* FROM sent JOIN acknowledged USING (public_id) WHERE is_torn),
jobs AS (SELECT * FROM processing_job),
measured AS (SELECT * FROM measurements_seriesmeasurement),
shifts AS (SELECT * FROM measurements_shiftmeasurement),

rules(rule, n_broken) AS (

-- lost or invented
SELECT 'acknowledged to all senders: ' || count(*), abs(count(*) - (SELECT n_series FROM expected)) FROM acknowledged
UNION ALL
SELECT 'acknowledged twice', count(*) - count(DISTINCT public_id) FROM acknowledged
UNION ALL
SELECT 'acknowledged, but not submitted', count(*) FROM acknowledged a
 WHERE NOT EXISTS (SELECT FROM sent WHERE sent.public_id = a.public_id)
UNION ALL
SELECT 'submitted, but never acknowledged', count(*) FROM sent
 WHERE NOT EXISTS (SELECT FROM acknowledged a WHERE a.public_id = sent.public_id)
UNION ALL
SELECT 'submitted without all of its photos', count(*) FROM sent
 WHERE (SELECT count(*) FROM submissions_photo p WHERE p.series_id = sent.id) <> (SELECT n_photos FROM expected)
UNION ALL
SELECT 'the same file in two series', count(*) FROM (
  SELECT p.sha256 FROM submissions_photo p JOIN sent ON sent.id = p.series_id GROUP BY p.sha256 HAVING count(*) > 1) twice

-- every job ended, and well: nobody was blamed for what was done to the machine
UNION ALL
SELECT 'submitted without exactly one job', count(*) FROM sent
 WHERE (SELECT count(*) FROM jobs WHERE jobs.series_id = sent.id) <> 1
UNION ALL
SELECT 'good, but ' || state || ' ' || failure_code, count(*) FROM jobs JOIN good ON good.id = series_id
 WHERE state <> 'done' GROUP BY state, failure_code
UNION ALL
SELECT 'torn, but ' || state || ' ' || failure_code, count(*) FROM jobs JOIN torn ON torn.id = series_id
 WHERE (state, failure_code) <> ('failed', 'unreadable') GROUP BY state, failure_code
UNION ALL
SELECT 'lease held by an ended job', count(*) FROM jobs WHERE lease_until IS NOT NULL
UNION ALL
SELECT 'ended, but never claimed', count(*) FROM jobs WHERE attempt < 1

-- recorded once, by the attempt that held the claim
UNION ALL
SELECT 'done without a measurement', count(*) FROM jobs
 WHERE state = 'done' AND NOT EXISTS (SELECT FROM measured m WHERE m.series_id = jobs.series_id)
UNION ALL
SELECT 'recorded twice', count(*) FROM (SELECT series_id FROM measured GROUP BY series_id HAVING count(*) > 1) twice
UNION ALL
SELECT 'recorded by another attempt than the job''s last', count(*) FROM measured m
  JOIN jobs ON jobs.series_id = m.series_id AND jobs.attempt <> m.attempt
UNION ALL
SELECT 'measured without one shift for each photo', count(*) FROM measured m
 WHERE (SELECT count(*) FROM shifts WHERE shifts.measurement_id = m.id) <> (SELECT n_photos FROM expected)
UNION ALL
SELECT 'failed, but with a measurement', count(*) FROM measured m JOIN torn ON torn.id = m.series_id
UNION ALL
SELECT 'not published', count(*) FROM good WHERE standing <> 'published'
UNION ALL
SELECT 'not decided exactly once', count(*) FROM good
 WHERE (SELECT count(*) FROM moderation_decision d WHERE d.series_id = good.id) <> 1
UNION ALL
SELECT 'not exactly one line in the audit', count(*) FROM good
 WHERE (SELECT count(*) FROM audit_event e WHERE e.target_type = 'submissions.series' AND e.target_id = good.id::text) <> 1

-- cells say what the series say
UNION ALL
SELECT 'stale marks left', count(*) FROM submissions_stalecopy
UNION ALL
SELECT 'copy cell that does not count its series', count(*) FROM (
  SELECT c.specimen_id, s.f_number, count(*) AS n, min(s.focus_shift_um) AS low, max(s.focus_shift_um) AS high
    FROM shifts s JOIN measured m ON m.id = s.measurement_id JOIN sent ON sent.id = m.series_id
    JOIN submissions_lenscopy c ON c.id = sent.lens_copy_id
   GROUP BY c.specimen_id, s.f_number) source
  FULL JOIN aggregates_copycell cell USING (specimen_id, f_number)
 WHERE cell.n_series IS DISTINCT FROM source.n
    OR cell.shift_um NOT BETWEEN source.low - 1e-9 AND source.high + 1e-9
UNION ALL
SELECT 'model cell that does not count its copies', count(*) FROM (
  SELECT lens_model_id, band, f_number, count(*) AS n_copies, sum(n_series) AS n_series
    FROM aggregates_copycell GROUP BY lens_model_id, band, f_number) source
  FULL JOIN aggregates_modelcell cell USING (lens_model_id, band, f_number)
 WHERE cell.n_copies IS DISTINCT FROM source.n_copies OR cell.n_series IS DISTINCT FROM source.n_series
)

SELECT rule, n_broken FROM rules WHERE n_broken <> 0 ORDER BY rule;
