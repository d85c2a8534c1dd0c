-- What became of the backlog, counted from the rows alone: it shares no code with the site.
SELECT finding, number FROM (VALUES
    ('series submitted', (SELECT count(*) FROM submissions_series WHERE submitted_at IS NOT NULL)),
    ('series measured', (SELECT count(DISTINCT series_id) FROM measurements_seriesmeasurement)),
    ('measured twice', (SELECT count(*) FROM (
        SELECT FROM measurements_seriesmeasurement GROUP BY series_id, analysis_version HAVING count(*) > 1) AS doubled)),
    ('jobs done', (SELECT count(*) FROM processing_job WHERE state = 'done')),
    ('jobs not at an end', (SELECT count(*) FROM processing_job WHERE state NOT IN ('done', 'failed'))),
    ('jobs failed', (SELECT count(*) FROM processing_job WHERE state = 'failed')),
    ('series blamed for a worker', (SELECT count(*) FROM processing_job WHERE troubles > 0)),
    ('measurements under another attempt than their job''s', (SELECT count(*)
        FROM processing_job AS job JOIN measurements_seriesmeasurement AS measurement USING (series_id, analysis_version)
        WHERE job.attempt <> measurement.attempt)),
    ('stale marks left', (SELECT count(*) FROM submissions_stalecopy)),
    ('handed out more than once', (SELECT count(*) FROM processing_job WHERE attempt > 1))
) AS findings (finding, number);
