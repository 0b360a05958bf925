--- nextval | sequences | select opaque
SELECT nextval('tickets')
--- nextval by its schema | sequences | select opaque
SELECT pg_catalog.nextval('tickets'::regclass)
--- nextval written as a field | sequences | select opaque
SELECT ('tickets'::regclass).nextval
--- nextval of a number written as a field | sequences | select opaque
SELECT (oid::regclass).nextval FROM pg_class WHERE relname = 'tickets'
--- setval | sequences | select opaque
SELECT setval('tickets', 99)
--- lo_unlink | large objects | select opaque
SELECT lo_unlink(4711)
--- lo_unlink written as a field | large objects | select opaque
SELECT (loid).lo_unlink FROM things LIMIT 1
--- lo_create | large objects | select opaque
SELECT lo_put(lo_create(4712), 0, 'x')
--- lo_creat | large objects | select opaque
SELECT lo_put(lo_creat(-1), 0, 'x')
--- lo_from_bytea | large objects | select opaque
SELECT lo_from_bytea(4713, 'x')
--- lo_put | large objects | select opaque
SELECT lo_put(4711, 0, 'changed')
--- lo_truncate | large objects | select opaque
SELECT lo_truncate(lo_open(4711, 131072), 1)
--- lowrite | large objects | select opaque
SELECT lowrite(lo_open(4711, 131072), 'changed')
--- lo_import | large objects | select opaque
SELECT lo_import('{files}/secret.txt', 4714)
--- lo_export | files | select opaque
SELECT lo_export(4711, '{files}/exported')
--- pg_read_file | secret | select opaque
SELECT pg_read_file('{files}/secret.txt')
--- pg_read_binary_file | secret | select opaque
SELECT convert_from(pg_read_binary_file('{files}/secret.txt'), 'UTF8')
--- pg_read_file in COPY | secret | copy-to select opaque
COPY (SELECT pg_read_file('{files}/secret.txt')) TO STDOUT
--- pg_notify | notifications | select opaque
SELECT pg_notify('news', 'heard')
--- pg_notify for each row | notifications | select opaque
SELECT count(pg_notify('news', id::text)) FROM things
--- pg_advisory_lock | locks | select opaque
SELECT pg_advisory_lock(1)
--- pg_try_advisory_lock_shared | locks | select opaque
SELECT pg_try_advisory_lock_shared(1, 2)
--- pg_advisory_xact_lock | locks | select transaction opaque
BEGIN; SELECT pg_advisory_xact_lock(1)
--- pg_terminate_backend | backends | select opaque
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE application_name = 'bystander' AND datname = current_database()
--- pg_terminate_backend written as a field | backends | select opaque
SELECT count((pid).pg_terminate_backend), pg_sleep(0.2) FROM pg_stat_activity
WHERE application_name = 'bystander' AND datname = current_database()
--- pg_logical_emit_message | wal | select opaque
SELECT pg_logical_emit_message(false, 'a', 'b')
--- pg_create_restore_point | wal | select opaque
SELECT pg_create_restore_point('here')
--- pg_switch_wal | wal | select opaque
SELECT pg_switch_wal()
--- pg_log_standby_snapshot | wal | select opaque
SELECT pg_log_standby_snapshot()
--- pg_stat_reset | statistics of use | select opaque
SELECT pg_stat_reset()
--- a replication slot | slots | select opaque
SELECT pg_create_physical_replication_slot('slot_of_case', true)
-- undo
SELECT pg_drop_replication_slot('slot_of_case')
--- the origin of a replication | origins | select opaque
SELECT pg_replication_origin_create('origin_of_case')
-- undo
SELECT pg_replication_origin_drop('origin_of_case')
--- statistics that are cleared | planner numbers | select opaque
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'things', 'reltuples', 99::real)
--- query_to_xml | rows | select opaque
SELECT query_to_xml('select mark()', true, false, '')
--- query_to_xml_and_xmlschema | rows | select opaque
SELECT query_to_xml_and_xmlschema('select mark()', true, false, '')
--- table_to_xml | rows | select opaque
SELECT table_to_xml('trap', true, false, '')
--- schema_to_xml | rows | select opaque
SELECT schema_to_xml('hidden', true, false, '')
--- cursor_to_xml | rows | declare insert select transaction opaque
BEGIN; DECLARE c CURSOR FOR SELECT mark(); SELECT cursor_to_xml('c', 1, true, false, ''); COMMIT
--- ts_stat | rows | select opaque
SELECT * FROM ts_stat('select mark()::text::tsvector')
--- ts_rewrite | rows | select opaque
SELECT ts_rewrite('a'::tsquery, 'select ''a''::tsquery, mark()::text::tsquery')
--- pg_input_is_valid | rows | select opaque
SELECT pg_input_is_valid('1', 'checked')
--- dblink | rows | select opaque
SELECT * FROM dblink('host=127.0.0.1 port={port} dbname={database} user=app
  password=backend-secret-0815', 'delete from journal returning 1; select mark()') AS t (a int)
--- dblink_exec | rows | select opaque
SELECT dblink_exec('host=127.0.0.1 port={port} dbname={database} user=app
  password=backend-secret-0815', 'delete from things')
--- dblink within dblink | rows | select opaque
SELECT * FROM dblink('host=127.0.0.1 port={port} dbname={database} user=app
  password=backend-secret-0815', $a$ select dblink_exec('host=127.0.0.1 port={port}
  dbname={database} user=app password=backend-secret-0815', 'delete from things') $a$) AS t (a text)
--- dblink that is sent and left | rows | select opaque
SELECT dblink_connect('c', 'host=127.0.0.1 port={port} dbname={database} user=app
  password=backend-secret-0815'), dblink_send_query('c', 'delete from things');
-- then
SELECT * FROM dblink_get_result('c') AS t (a text)
--- crosstab of tablefunc | rows | select opaque
SELECT * FROM crosstab('select ''a''::text, ''b''::text, mark()::text') AS t (a text, b text)
--- connectby of tablefunc | rows | select opaque
SELECT * FROM connectby('(select mark()::text as id, ''0''::text as up) x', 'id', 'up', '0', 0)
AS t (id text, up text, level int)
--- xpath_table of xml2 | rows | select opaque
SELECT * FROM xpath_table('id', 'name', '(select mark() as id, ''<a/>'' as name) x', '/a', 'true')
AS t (id int, a text)
