SELECT n.nspname as "Schema", c.relname as "Name", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' END as "Type", pg_catalog.pg_get_userbyid(c.relowner) as "Owner" FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam WHERE c.relkind IN ('r','p','v','m','S','f','') AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2

SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(tickets)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 2, 3

SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, c.relhastriggers, c.relrowsecurity, c.relforcerowsecurity, false AS relhasoids, c.relispartition, '', c.reltablespace, CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, c.relpersistence, c.relreplident, am.amname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid) LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid) WHERE c.oid = 'tickets'::regclass

SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull, (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation, a.attidentity, a.attgenerated FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'shop.orders'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum

SELECT c2.relname, i.indisprimary, i.indisunique, i.indisclustered, i.indisvalid, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), pg_catalog.pg_get_constraintdef(con.oid, true), contype, condeferrable, i.indisreplident FROM pg_catalog.pg_class c, pg_catalog.pg_class c2, pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p','u','x')) WHERE c.oid = 'shop.products'::regclass AND c.oid = i.indrelid AND i.indexrelid = c2.oid ORDER BY i.indisprimary DESC, c2.relname

SELECT conrelid::pg_catalog.regclass AS ontable, conname, pg_catalog.pg_get_constraintdef(oid, true) AS condef FROM pg_catalog.pg_constraint c WHERE confrelid IN (SELECT pg_catalog.pg_partition_ancestors('shop.orders') UNION ALL VALUES ('shop.orders'::pg_catalog.regclass)) AND contype = 'f' AND conparentid = 0 ORDER BY conname

SELECT pol.polname, pol.polpermissive, CASE WHEN pol.polroles = '{0}' THEN NULL ELSE pg_catalog.array_to_string(array(select rolname from pg_catalog.pg_roles where oid = any (pol.polroles) order by 1),',') END, pg_catalog.pg_get_expr(pol.polqual, pol.polrelid), pol.polcmd FROM pg_catalog.pg_policy pol WHERE pol.polrelid = 'tickets'::regclass ORDER BY 1

SELECT t.tgname, pg_catalog.pg_get_triggerdef(t.oid, true), t.tgenabled, t.tgisinternal FROM pg_catalog.pg_trigger t WHERE t.tgrelid = 'shop.orders'::regclass ORDER BY 1

SELECT n.nspname, p.proname, pg_catalog.pg_get_function_result(p.oid), pg_catalog.pg_get_function_arguments(p.oid), CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'shop' ORDER BY 1, 2, 4

SELECT pg_catalog.pg_get_functiondef('shop.best(int)'::regprocedure)

SELECT pg_catalog.pg_get_viewdef('shop.open_orders'::regclass, true)

SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolconnlimit, r.rolvaliduntil, r.rolreplication, r.rolbypassrls FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1

SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, pg_catalog.array_to_string(d.datacl, E'\n') FROM pg_catalog.pg_database d ORDER BY 1

SELECT e.extname, e.extversion, n.nspname, c.description FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace LEFT JOIN pg_catalog.pg_description c ON c.objoid = e.oid AND c.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass ORDER BY 1

SELECT n.nspname, pg_catalog.format_type(t.oid, NULL), pg_catalog.obj_description(t.oid, 'pg_type') FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)) AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid) AND n.nspname = 'public' AND pg_catalog.pg_type_is_visible(t.oid) ORDER BY 1, 2

SELECT c.relname, pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)), pg_relation_size(c.oid), pg_total_relation_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c WHERE c.oid IN ('tickets'::regclass, 'tags'::regclass) ORDER BY 1

SELECT name, setting, unit, category, short_desc, context, vartype, source, min_val, max_val, enumvals, boot_val, reset_val FROM pg_catalog.pg_settings WHERE name LIKE 'work%' ORDER BY name

SELECT t.oid, t.typname, t.typtype, t.typnotnull, t.typlen FROM pg_catalog.pg_type t WHERE t.typname IN ('email', 'order_state') ORDER BY 2

SELECT t.typname, t.oid FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid WHERE n.nspname <> 'pg_toast' AND (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)) AND t.typname LIKE 'int%' ORDER BY 2

SELECT result.TABLE_CAT, result.TABLE_SCHEM, result.TABLE_NAME, result.COLUMN_NAME, result.KEY_SEQ, result.PK_NAME FROM (SELECT current_database() AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, a.attname AS COLUMN_NAME, (information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ, ci.relname AS PK_NAME, information_schema._pg_expandarray(i.indkey) AS KEYS, a.attnum AS A_ATTNUM FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid) JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (a.attrelid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) WHERE true AND n.nspname = 'shop' AND ct.relname = 'order_items' AND i.indisprimary) result WHERE result.A_ATTNUM = (result.KEYS).x ORDER BY result.table_name, result.pk_name, result.key_seq

SELECT NULL AS PROCEDURE_CAT, n.nspname AS PROCEDURE_SCHEM, p.proname AS PROCEDURE_NAME, d.description AS REMARKS FROM pg_catalog.pg_namespace n, pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_description d ON (p.oid = d.objoid) WHERE p.pronamespace = n.oid AND n.nspname LIKE 'shop' ORDER BY 2, 3, p.oid::text

SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid FROM (SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind, elemtyp.oid AS elemtypoid, CASE WHEN proc.proname = 'array_recv' THEN 'a' ELSE typ.typtype END AS kind FROM (SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid, typtype, typreceive FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid)) AS typ LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemoid LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive) AS t JOIN pg_namespace AS ns ON (ns.oid = typnamespace) WHERE t.typtype IN ('b', 'r', 'm', 'e', 'd') AND t.typname LIKE 'order%' ORDER BY 2

SELECT typ.oid, att.attname, att.atttypid FROM pg_type AS typ JOIN pg_namespace AS ns ON (ns.oid = typ.typnamespace) JOIN pg_class AS cls ON (cls.oid = typ.typrelid) JOIN pg_attribute AS att ON (att.attrelid = typ.typrelid) WHERE (typ.typtype = 'c' AND cls.relkind = 'c') AND attnum > 0 AND NOT attisdropped ORDER BY typ.oid, att.attnum

SELECT pg_enum.oid, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid ORDER BY oid, enumsortorder

SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2

SELECT column_name, data_type, is_nullable, column_default, character_maximum_length, numeric_precision FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'products' ORDER BY ordinal_position

SELECT tc.constraint_name, kcu.column_name, ccu.table_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name JOIN information_schema.constraint_column_usage ccu ON ccu.constraint_name = tc.constraint_name WHERE tc.constraint_type = 'FOREIGN KEY' ORDER BY 1, 2, 3

SELECT schema_name FROM information_schema.schemata ORDER BY 1

SELECT routine_schema, routine_name FROM information_schema.routines WHERE routine_schema = 'shop' ORDER BY 1, 2

SELECT rc.constraint_name, rc.update_rule, rc.delete_rule FROM information_schema.referential_constraints rc ORDER BY 1

SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = 'tags' ORDER BY 1, 2

SELECT view_definition FROM information_schema.views WHERE table_name = 'open_orders'

SELECT sequence_schema, sequence_name, data_type FROM information_schema.sequences ORDER BY 1, 2

SELECT trigger_name, event_manipulation FROM information_schema.triggers ORDER BY 1, 2

SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences ORDER BY 1, 2

SELECT last_value, is_called FROM shop.orders_id_seq

SELECT pg_get_serial_sequence('shop.orders', 'id'), currval(pg_get_serial_sequence('shop.orders', 'id')) IS NULL WHERE false

SELECT schemaname, tablename, indexname, indexdef FROM pg_indexes WHERE schemaname IN ('shop', 'public') ORDER BY 1, 2, 3

SELECT relname, n_live_tup >= 0, last_vacuum IS NULL FROM pg_stat_user_tables ORDER BY 1

SELECT indexrelname, idx_scan >= 0 FROM pg_stat_user_indexes ORDER BY 1

SELECT datname, numbackends > 0 FROM pg_stat_database WHERE datname = current_database()

SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND pid = pg_backend_pid()

SELECT locktype, mode, granted FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'pg_locks'::regclass

SELECT pid, wait_event_type, query_start < now(), left(query, 5) FROM pg_stat_activity WHERE pid = -1

SELECT pg_is_in_recovery(), pg_postmaster_start_time() < now(), pg_backend_pid() > 0, inet_server_port() > 0, txid_current_snapshot() IS NOT NULL

SELECT checkpoints_timed FROM (SELECT num_timed >= 0 AS checkpoints_timed FROM pg_stat_checkpointer) x

SELECT client_addr, state, sent_lsn FROM pg_stat_replication

SELECT slot_name, plugin, active FROM pg_replication_slots

SELECT datname, age(datfrozenxid) > 0, pg_database_size(datname) > 0 FROM pg_database WHERE datallowconn ORDER BY 1

SELECT pg_catalog.set_masklen('10.0.0.1/8'::inet, 16), has_table_privilege('tags', 'SELECT'), has_schema_privilege('shop', 'USAGE'), has_database_privilege(current_database(), 'CONNECT')

SELECT to_regclass('shop.orders'), to_regtype('email'), to_regproc('tenant'), 'tags'::regclass::oid = 'public.tags'::regclass::oid

SELECT at AS "time", value AS "value", device::text AS metric FROM samples WHERE at BETWEEN '2026-01-15T00:00:00Z' AND '2026-01-16T00:00:00Z' ORDER BY 1, 3

SELECT floor(extract(epoch from at)/3600)*3600 AS "time", avg(value) AS "value" FROM samples WHERE extract(epoch from at) BETWEEN 1768435200 AND 1768521600 GROUP BY 1 ORDER BY 1

SELECT "source"."state" AS "state", COUNT(*) AS "count" FROM (SELECT "shop"."orders"."id" AS "id", "shop"."orders"."state" AS "state" FROM "shop"."orders") AS "source" GROUP BY "source"."state" ORDER BY "source"."state" ASC

SELECT DATE_TRUNC('month', "shop"."orders"."placed_at") AS "placed_at", SUM(("shop"."orders"."total").amount) AS "sum" FROM "shop"."orders" WHERE "shop"."orders"."placed_at" >= DATE_TRUNC('month', CAST('2026-02-01' AS date)) GROUP BY DATE_TRUNC('month', "shop"."orders"."placed_at") ORDER BY 1

/* {"app": "dbt", "node_id": "model.shop.daily"} */ with source as (select * from shop.orders), renamed as (select id as order_id, state, placed_at::date as day from source) select day, count(*) from renamed group by 1 order by 1

select * from (with a as (select 1 as id union all select 2) select id, count(*) over () as n from a) as __dbt_sbq where false limit 0

select count(*) as failures, count(*) != 0 as should_warn from (select order_id from shop.order_items where order_id is null) dbt_internal_test

SELECT pg_catalog.pg_get_partkeydef('samples'::regclass), pg_get_expr(relpartbound, oid) FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 2

SELECT pg_catalog.pg_is_in_recovery()

SET extra_float_digits TO 3; SET synchronize_seqscans TO off; SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET row_security = off; RESET ALL

COPY public.tags (id, name) TO stdout

COPY (SELECT id, name FROM public.tags) TO STDOUT (FORMAT binary)

SELECT tableoid, oid, typname, typnamespace, typacl, acldefault('T', typowner) AS acldefault, typowner, typelem, typrelid, typarray, CASE WHEN typrelid = 0 THEN ' '::"char" ELSE (SELECT relkind FROM pg_class WHERE oid = typrelid) END AS typrelkind, typtype, typisdefined FROM pg_type WHERE typname = 'email'

SELECT classid, objid, refclassid, refobjid, deptype FROM pg_depend WHERE deptype != 'p' AND deptype != 'e' AND refobjid = 'tags'::regclass ORDER BY 1, 2

SHOW server_version

SHOW ALL

SHOW TRANSACTION ISOLATION LEVEL

SELECT set_bit(B'000', 1, 1), get_byte('a'::bytea, 0), crc32('a'), gcd(4, 6), lcm(4, 6), factorial(5)

SELECT a.id FROM articles a WHERE a.id IN (SELECT article_id FROM taggings) AND (SELECT true) ORDER BY 1

SELECT "id" FROM "public"."tags" AS "_" WHERE (NOT (("_"."name" = 'z') IS TRUE)) ORDER BY 1;

EXPLAIN (COSTS off, TIMING off, SUMMARY off, BUFFERS off, ANALYZE) SELECT 1

PREPARE of_tag (text) AS SELECT id FROM tags WHERE name = $1; EXECUTE of_tag ('z'); EXPLAIN (COSTS off) EXECUTE of_tag ('a'); DEALLOCATE of_tag

PREPARE counted AS SELECT count(*) FROM articles; EXECUTE counted; EXECUTE counted; DEALLOCATE ALL
