-- with: 1
SELECT "public"."tickets"."id", "public"."tickets"."title" FROM "public"."tickets" WHERE ("public"."tickets"."id" = $1 AND 1=1) LIMIT 1 OFFSET 0

-- with: 1,2,0
SELECT "public"."articles"."id"::text, "public"."articles"."title" FROM "public"."articles" WHERE "public"."articles"."author_id" IN ($1,$2) ORDER BY "public"."articles"."id" ASC OFFSET $3

SELECT COUNT(*) FROM (SELECT "public"."articles"."id" FROM "public"."articles" WHERE 1=1 OFFSET 0) AS "sub"

SELECT "t0"."id", COALESCE("aggr_selection_0"."_aggr_count", 0) AS "_aggr_count" FROM "public"."authors" AS "t0" LEFT JOIN (SELECT "author_id", COUNT(*) AS "_aggr_count" FROM "public"."articles" WHERE 1=1 GROUP BY "author_id") AS "aggr_selection_0" ON ("t0"."id" = "aggr_selection_0"."author_id") ORDER BY "t0"."id"

SELECT "t1"."id", "t1_articles"."__prisma_data__" AS "articles" FROM "public"."authors" AS "t1" LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG("__prisma_data__"), '[]') AS "__prisma_data__" FROM (SELECT "t3"."__prisma_data__" FROM (SELECT JSONB_BUILD_OBJECT('id', "t2"."id", 'title', "t2"."title") AS "__prisma_data__", "t2"."id" FROM "public"."articles" AS "t2" WHERE "t1"."id" = "t2"."author_id" ORDER BY "t2"."id") AS "t3") AS "t4") AS "t1_articles" ON TRUE ORDER BY "t1"."id" LIMIT 10

SELECT articles.id AS articles_id, articles.title AS articles_title, authors_1.id AS authors_1_id FROM articles LEFT OUTER JOIN authors AS authors_1 ON authors_1.id = articles.author_id ORDER BY articles.id LIMIT 5

-- with: Title 1,5
SELECT articles.id AS articles_id FROM articles WHERE articles.title = $1::VARCHAR LIMIT $2::INTEGER

SELECT anon_1.author_id, anon_1.n FROM (SELECT articles.author_id AS author_id, count(*) AS n FROM articles GROUP BY articles.author_id) AS anon_1 ORDER BY anon_1.author_id

SELECT EXISTS (SELECT 1 FROM articles WHERE articles.views > 10) AS anon_1

BEGIN ISOLATION LEVEL READ COMMITTED; ROLLBACK

select pg_catalog.version()

select current_schema()

show standard_conforming_strings

select t0_.id as id1_0_0_, t0_.title as title2_0_0_ from tickets t0_ where t0_.id in (1, 2) order by t0_.id

-- with: 1,10
select c1_0.id,c1_0.email,c1_0.name from shop.customers c1_0 where c1_0.id>$1 order by c1_0.id offset 0 rows fetch first $2 rows only

select o1_0.id, i1_0.product_id, i1_0.quantity from shop.orders o1_0 left join shop.order_items i1_0 on o1_0.id=i1_0.order_id where o1_0.state='paid' order by 1

select count(distinct o1_0.customer_id) from shop.orders o1_0

select case when count(c1_0.id)>0 then true else false end from shop.customers c1_0 where lower(c1_0.name) like 'customer%' escape '\'

select cast(c1_0.id as varchar(255)), (c1_0.id*2), extract(year from c1_0.created_at) from shop.customers c1_0 order by c1_0.id

SELECT "articles".* FROM "articles" WHERE "articles"."state" = 'draft' ORDER BY "articles"."id" ASC LIMIT 1

-- with: draft,11
SELECT "articles"."id", "articles"."title" FROM "articles" WHERE "articles"."state" = $1 ORDER BY "articles"."created_at" DESC, "articles"."id" LIMIT $2

SELECT 1 AS one FROM "authors" WHERE "authors"."login" = 'ann' LIMIT 1

SELECT "tags".* FROM "tags" INNER JOIN "taggings" ON "tags"."id" = "taggings"."tag_id" WHERE "taggings"."article_id" = '00000000-0000-4000-8000-000000000001'

SELECT COUNT(DISTINCT "articles"."id") FROM "articles" LEFT OUTER JOIN "taggings" ON "taggings"."article_id" = "articles"."id"

SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod, c.collname, col_description(a.attrelid, a.attnum) AS comment, attidentity AS identity, attgenerated as attgenerated FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum LEFT JOIN pg_type t ON a.atttypid = t.oid LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation WHERE a.attrelid = '"articles"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum

SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype FROM pg_type as t LEFT JOIN pg_range as r ON oid = rngtypid WHERE t.typname IN ('int2', 'int4', 'bool', 'citext', 'hstore') ORDER BY 1

SELECT a.attname FROM (SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx FROM pg_index WHERE indrelid = '"shop"."order_items"'::regclass AND indisprimary) i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[i.idx] ORDER BY i.idx

SET client_min_messages TO 'warning'; SHOW client_min_messages; RESET client_min_messages

SET standard_conforming_strings = on

SET SESSION timezone TO 'UTC'; SHOW TimeZone

SHOW max_identifier_length

SHOW search_path

SELECT "articles"."id", "articles"."title" FROM "articles" WHERE ("articles"."title"::text LIKE 'Title%' AND NOT ("articles"."views" > 100)) ORDER BY "articles"."id" LIMIT 21

SELECT (1) AS "a" FROM "authors" WHERE UPPER("authors"."login"::text) = UPPER('ann') LIMIT 1

SELECT "authors"."id", COUNT("articles"."id") AS "n" FROM "authors" LEFT OUTER JOIN "articles" ON ("authors"."id" = "articles"."author_id") GROUP BY "authors"."id" HAVING COUNT("articles"."id") > 1 ORDER BY "authors"."id"

SELECT DATE_TRUNC('day', "articles"."created_at" AT TIME ZONE 'UTC') AS "d", COUNT(*) AS "__count" FROM "articles" GROUP BY 1 ORDER BY 1

SELECT c.relname, CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END, obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v') AND n.nspname NOT IN ('pg_catalog', 'pg_toast') AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1

SELECT c.conname, array(SELECT attname FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx) JOIN pg_attribute AS ca ON cols.colid = ca.attnum WHERE ca.attrelid = c.conrelid ORDER BY cols.arridx), c.contype, cl.reloptions FROM pg_constraint AS c JOIN pg_class AS cl ON c.conrelid = cl.oid WHERE cl.relname = 'articles' AND pg_catalog.pg_table_is_visible(cl.oid) ORDER BY 1

BEGIN; SAVEPOINT "s1"; SELECT 1; RELEASE SAVEPOINT "s1"; COMMIT

BEGIN; SAVEPOINT active_record_1; SELECT 1; ROLLBACK TO SAVEPOINT active_record_1; ROLLBACK

SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'order_state' ORDER BY enumsortorder

SELECT unnest(enum_range(NULL::order_state))

select "id" as "id", "title" as "title" from "tickets" where "closed" is null order by "id" asc limit 3

SELECT DISTINCT "distinctAlias"."t_id" AS "ids_t_id", "distinctAlias"."t_id" FROM (SELECT "t"."id" AS "t_id" FROM "tickets" "t") "distinctAlias" ORDER BY "t_id" ASC LIMIT 5

SELECT * FROM current_schema()

SELECT n.nspname, t.typname, t.oid FROM pg_type t JOIN pg_namespace n ON t.typnamespace = n.oid WHERE t.typname = lower('hstore')
