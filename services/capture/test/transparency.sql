\set VERBOSITY verbose
drop schema if exists mirror cascade;
create schema mirror;
set search_path = mirror;
create table item (
  id int generated always as identity primary key,
  name text not null unique,
  price numeric(10,2) check (price > 0),
  tags text[] default '{}',
  seen timestamptz default '2026-01-02 03:04:05+00',
  extra jsonb
);
comment on table item is 'Things – größer als €5';
insert into item (name, price, tags, extra) values
  ('plain', 1.50, '{a,b}', '{"k": [1, null, "ü"]}'),
  ('日本語 🎉', 2.25, null, null),
  (E'tab\tand\nline', 99999999.99, '{"with space",NULL}', '"x"') returning id, name;
\d item
\d+ item
\dt mirror.*
\dn+ mirror
\df mirror.*
select * from item order by id;
\x on
select * from item order by id limit 1;
\x off
\pset null '<null>'
select null, true, 1.0/3, 'NaN'::float8, -0.0::float8, '\xdeadbeef'::bytea, '1 day 2 h'::interval,
  int4range(1, 5), '{1,2,{3}}'::text, array[[1,2],[3,4]], '10.0.0.0/8'::cidr, point(1,2);
select 1 as a; select 2 as b, 3 as c; select 4;
select 1 \; select 2 \; select 3;
insert into item (name, price) values ('plain', 1);
insert into item (name, price) values ('free', 0);
select 1/0;
selekt 1;
select * from nowhere;
select 'unclosed;
';
begin;
savepoint s;
select no_such_function();
select 1;
rollback to s;
update item set price = price + 1 where id <= 2;
declare c cursor for select id, name from item order by id;
fetch 1 from c;
fetch all from c;
close c;
commit;
do $$ begin raise notice 'a notice: %', 'naïve'; raise warning 'careful' using hint = 'a hint'; end $$;
drop table if exists gone_already;
prepare p (int) as select id, name from item where id = $1;
execute p(2);
execute p(200);
deallocate p;
execute p(1);
select 42 as bound \gset
select :bound + 1 as more;
select repeat('x', 100000) as large;
select g, repeat(chr(97 + g % 26), 200) from generate_series(1, 300) as g;
\copy item (name, price) from stdin with (delimiter ',')
copied one,1.25
copied two – €,2.5
\.
\copy (select id, name, price from item order by id) to stdout with (format csv, header)
copy item (name, price) to stdout;
copy item (name, price) from stdin;
broken line without a tab
\.
select count(*) from item;
\copy (select * from nowhere) to stdout
listen channel_one;
notify channel_one, 'payload';
create function raise_it() returns int language plpgsql as $$ begin
  raise exception 'custom %', 42 using errcode = 'P4242', detail = 'd', hint = 'h'; end $$;
select raise_it();
explain (costs off) select * from item where id = 1;
show server_version;
show application_name;
set application_name = 'renamed';
show application_name;
set client_encoding = 'LATIN1';
select 'ä' as latin;
set client_encoding = 'UTF8';
select current_user, current_database(), inet_server_port() is not null;
\echo :SERVER_VERSION_NAME :ENCODING
table item \gdesc
\crosstabview
vacuum item;
truncate item;
drop schema mirror cascade;
