-- What is known of replies and runs. The tables for what the catalogue declares and replies hold
-- are made of the shapes that sources declare, see load.create.
create schema raw;

create table raw.reply (
    reply_id varchar primary key,
    table_id varchar not null,
    method varchar not null,
    url varchar not null,
    body varchar,
    sha256 varchar not null,
    bytes bigint not null,
    content_type varchar,
    division varchar not null,
    as_of date not null,
    updated timestamptz,
    is_discontinued boolean not null,
    fetched_at timestamptz not null,
    upstream varchar not null,
    provenance varchar
);
comment on table raw.reply is 'a reply of a publisher, kept byte for byte under its SHA-256';

create table raw.refresh_run (
    run_id varchar primary key,
    started_at timestamptz not null,
    upstream varchar not null,
    code_version varchar not null,
    code_digest varchar not null,
    requests integer not null,
    replies integer not null,
    observations bigint not null
);
comment on table raw.refresh_run is 'a refresh that was published';

create table raw.source_run (
    run_id varchar not null references raw.refresh_run (run_id),
    table_id varchar not null,
    outcome varchar not null check (outcome in ('fetched', 'unchanged', 'failed', 'skipped')),
    message varchar not null,
    primary key (run_id, table_id)
);
comment on table raw.source_run is 'what became of a table in a run';

create table raw.shape_difference (
    table_id varchar primary key,
    difference varchar not null
);
comment on table raw.shape_difference is
    'a source that came in another shape in this run than was agreed, and the lines that differ';

create table raw.superseded (
    indicator_id varchar not null,
    municipality_code varchar not null,
    period varchar not null,
    value double,
    quality varchar not null,
    status varchar,
    missing_reason varchar,
    table_id varchar,
    known_since timestamptz not null,
    known_until timestamptz not null,
    stage_before varchar,
    stage_after varchar,
    primary key (indicator_id, municipality_code, period, known_until)
);
comment on table raw.superseded is 'a figure as it stood until a run changed it or no longer had it';

create table raw.known_since (
    indicator_id varchar not null,
    municipality_code varchar not null,
    period varchar not null,
    known_since timestamptz not null,
    primary key (indicator_id, municipality_code, period)
);
comment on table raw.known_since is 'a figure of today that did not stand from the first run on';

create table raw.superseded_cell (
    table_id varchar not null,
    reported_code varchar not null,
    code_year integer,
    contents varchar not null,
    contents_label varchar not null,
    codes map(varchar, varchar) not null,
    labels map(varchar, varchar) not null,
    period varchar not null,
    year integer,
    value double,
    status varchar,
    unit varchar,
    aggregation varchar not null,
    reply_id varchar not null,
    known_since timestamptz not null,
    known_until timestamptz not null
);
comment on table raw.superseded_cell is
    'a cell of a cube as it stood until a run changed it or no longer had it';

create table raw.cell_since (
    table_id varchar not null,
    reported_code varchar not null,
    contents varchar not null,
    codes map(varchar, varchar) not null,
    period varchar not null,
    known_since timestamptz not null
);
comment on table raw.cell_since is 'a cell of today that did not stand when its cube was first taken';

create table raw.cube_since (
    table_id varchar primary key,
    known_since timestamptz not null
);
comment on table raw.cube_since is 'a cube that was not taken in the first run';

create table raw.table_digest (
    run_id varchar not null references raw.refresh_run (run_id),
    table_name varchar not null,
    rows bigint not null,
    digest varchar not null,
    primary key (run_id, table_name)
);
comment on table raw.table_digest is 'what a table of mart held in a run';

create table raw.observation_digest (
    indicator_id varchar not null,
    rows bigint not null,
    lower_sum decimal(38, 0) not null,
    upper_sum decimal(38, 0) not null
);
comment on table raw.observation_digest is
    'the figures of an indicator in mart.observation: their number, and sums of their hashes';
