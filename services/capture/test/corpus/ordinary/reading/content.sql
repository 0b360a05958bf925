SELECT a.title, u.login FROM articles a JOIN authors u ON u.id = a.author_id ORDER BY a.title

SELECT * FROM authors WHERE login = 'BOB'

SELECT login || '!', upper(login), length(login::text), login = 'ANN' FROM authors ORDER BY id

SELECT id, title FROM articles WHERE id = '00000000-0000-4000-8000-000000000001'

SELECT title FROM articles WHERE published @> date '2026-01-03' ORDER BY title

SELECT published * daterange('2026-01-02', '2026-01-04'), isempty(published), upper(published) FROM articles ORDER BY id

SELECT range_agg(published), range_intersect_agg(published) FROM articles

SELECT title, position <-> point(0, 0) FROM articles ORDER BY position <-> point(2, 2), id LIMIT 3

SELECT xpath('/p/text()', bio), xmlelement(name a, login), bio IS DOCUMENT FROM authors WHERE bio IS NOT NULL

SELECT x.* FROM authors, XMLTABLE('/p' PASSING bio COLUMNS t text PATH '.') x

SELECT t.name, count(*) FROM tags t JOIN taggings g ON g.tag_id = t.id GROUP BY t.name HAVING count(*) > 1

SELECT a.title, ARRAY(SELECT t.name FROM tags t JOIN taggings g ON g.tag_id = t.id WHERE g.article_id = a.id) FROM articles a ORDER BY 1

SELECT title, ts_rank_cd(to_tsvector('english', body), websearch_to_tsquery('english', 'word')) FROM articles WHERE to_tsvector('english', body) @@ websearch_to_tsquery('english', 'word') ORDER BY title

SELECT setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B') FROM articles ORDER BY id

SELECT left(body, 10) || '…', char_length(body), octet_length(body), reverse(title), initcap(title), lpad(title, 12, '.') FROM articles ORDER BY id

SELECT title FROM articles WHERE title ~* '^title [1-3]$' AND title SIMILAR TO 'Title _' ORDER BY 1

SELECT id, xmin IS NOT NULL, tableoid::regclass, ctid IS NOT NULL FROM articles ORDER BY id

SELECT count(*), count(DISTINCT author_id), min(created_at), max(title), avg(views), stddev(views), corr(views, views) FROM articles

SELECT row_number() OVER (PARTITION BY author_id ORDER BY id), ntile(2) OVER (ORDER BY id), cume_dist() OVER (ORDER BY id), sum(views) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM articles

SELECT title FROM articles WHERE state IS DISTINCT FROM 'published' AND views IS NOT NULL AND (views > 0) IS NOT TRUE ORDER BY 1

SELECT * FROM articles a NATURAL JOIN (SELECT id FROM articles) b ORDER BY id

SELECT * FROM articles a FULL OUTER JOIN taggings g ON g.article_id = a.id ORDER BY a.id

SELECT $$it's$$, E'a\tb', U&'\0041', B'101', X'ff', 1e3, .5, 0x1F, 1_000, NULL::text

SELECT 'a'
'b' IS NULL AS odd WHERE false UNION SELECT true

SELECT ROW(1, 'a') = ROW(1, 'a'), (1, 2) < (1, 3), ROW(1, NULL) IS NULL

SELECT (ARRAY[[1, 2], [3, 4]])[1:2][2:2], array_append(ARRAY[1], 2), ARRAY[1, 2] || 3, 1 = ANY (ARRAY[1]), 2 <> ALL ('{1}'::int[])

SELECT current_user, session_user, current_database(), current_schema, current_schemas(true), current_catalog

SELECT now() > '2020-01-01', clock_timestamp() IS NOT NULL, current_date IS NOT NULL, localtimestamp IS NOT NULL

SELECT pg_typeof(1), pg_typeof('a'::text), pg_column_size(1), version()

SELECT make_date(2026, 1, 2), make_interval(days => 3), date_part('year', date '2026-01-01'), justify_days(interval '40 days')

SELECT * FROM tickets ORDER BY id

SELECT id, title FROM tickets WHERE closed IS NULL AND assignee = 'ANN' ORDER BY opened DESC, id LIMIT 20

SELECT assignee, count(*) FILTER (WHERE closed IS NULL) AS open, avg(closed - opened) FROM tickets GROUP BY assignee

SELECT t.id, h.* FROM tickets t LEFT JOIN LATERAL jsonb_to_recordset(t.history) AS h (at timestamptz, who text) ON true ORDER BY t.id

SELECT host(ip), ip << '10.0.0.0/8', masklen(ip), ip + 1, network(set_masklen(ip, 24)) FROM tickets ORDER BY id

SELECT tenant(), current_setting('app.tenant', true)

SET app.tenant = '1'; SELECT count(*) FROM tickets; RESET app.tenant

SELECT device, avg(value) FROM samples WHERE at >= '2026-01-15' AND at < '2026-01-17' GROUP BY device ORDER BY device

SELECT bucket(at, '6 hours') AS b, max(value) FROM samples GROUP BY b ORDER BY b

SELECT date_bin('1 day', at, '2020-01-01'), count(*) FROM samples GROUP BY 1 ORDER BY 1

SELECT at, value - lag(value) OVER (PARTITION BY device ORDER BY at) FROM samples ORDER BY at, device

SELECT product(value) FROM samples WHERE device = 1 AND value < 5

SELECT * FROM samples_2026_01 WHERE labels ->> 'host' = 'a' ORDER BY at LIMIT 3

SELECT tableoid::regclass, count(*) FROM samples GROUP BY 1

SELECT DISTINCT ON (device) device, at, value FROM samples ORDER BY device, at DESC

SELECT width_bucket(value, 0, 20, 4) AS w, count(*) FROM samples GROUP BY w ORDER BY w

SELECT t, coalesce(avg(s.value), 0) FROM generate_series('2026-01-15'::timestamptz, '2026-01-18', '1 day') t LEFT JOIN samples s ON s.at >= t AND s.at < t + interval '1 day' GROUP BY t ORDER BY t

SELECT regr_slope(value, extract(epoch FROM at)), regr_count(value, 1), var_pop(value) FROM samples

SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY value) FROM samples

SELECT corr(a.value, b.value) FROM samples a JOIN samples b USING (at, device)

SELECT time_bucket.b FROM (SELECT to_timestamp(floor(extract(epoch FROM at) / 3600) * 3600) AS b FROM samples) AS time_bucket GROUP BY 1 ORDER BY 1 LIMIT 3
