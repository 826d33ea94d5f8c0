-- What is known of sources, indicators, replies and runs. The tables for what replies hold are made
-- of the shapes that sources declare, see load.create.
create schema raw;

create table raw.source_table (
    table_id varchar primary key,
    kind varchar not null,
    publisher varchar not null,
    publisher_table varchar,
    replaced_by varchar,
    is_kostra boolean not null,
    title_nb varchar not null,
    title_en varchar not null,
    licence varchar not null,
    citation varchar not null,
    url varchar not null,
    published_on varchar,
    obtained_via varchar,
    note varchar
);
comment on table raw.source_table is 'a table, register or file of a publisher';

create table raw.indicator (
    indicator_id varchar primary key,
    theme varchar not null,
    title_nb varchar not null,
    title_en varchar not null,
    unit varchar not null,
    aggregate varchar not null check (
        aggregate in ('sum', 'ratio', 'weighted_mean', 'none', 'composite')
    ),
    numerator varchar,
    denominator varchar,
    factor double not null,
    weight varchar,
    minimum double,
    maximum double,
    jump double check (jump > 0),
    zero_is_missing boolean not null,
    absent_is double,
    recipe varchar,
    note varchar
);
comment on table raw.indicator is 'an indicator of the catalogue, or a composite of several';

create table raw.composite (
    composite_id varchar primary key references raw.indicator (indicator_id),
    transformation varchar not null check (transformation in ('z-score', 'min-max', 'rank')),
    minimum_coverage double not null,
    truncate_at double,
    lowest double,
    highest double
);
comment on table raw.composite is 'an index that the researcher declares';

create table raw.composite_part (
    composite_id varchar not null references raw.composite (composite_id),
    period varchar not null,
    part integer not null,
    indicator_id varchar not null references raw.indicator (indicator_id),
    part_period varchar not null,
    base_period varchar,
    direction varchar not null check (direction in ('positive', 'negative')),
    weight double not null check (weight > 0),
    primary key (composite_id, period, part)
);
comment on table raw.composite_part is
    'an indicator in a composite of a period; with base_period its growth since then is meant';

create table raw.indicator_origin (
    indicator_id varchar not null references raw.indicator (indicator_id),
    table_id varchar not null references raw.source_table (table_id),
    rank integer not null,
    measure varchar,
    primary key (indicator_id, table_id)
);
comment on table raw.indicator_origin is
    'a table that feeds an indicator; where two have a figure the lower rank is taken';

create table raw.warning (
    subject_id varchar not null,
    warning varchar not null,
    period varchar,
    unique (subject_id, warning, period)
);
comment on table raw.warning is
    'what to know of the figures of a table or an indicator; NULL period means all';

create table raw.district_rule (
    definition_id varchar primary key,
    title_nb varchar not null,
    title_en varchar not null,
    rule varchar not null,
    centrality_classes integer[] not null,
    area varchar,
    index_id varchar,
    period varchar,
    below double,
    valid_from varchar,
    source_url varchar not null,
    described_in varchar,
    note varchar
);
comment on table raw.district_rule is
    'a rule that says of every municipality whether it is a district municipality';

create table raw.reply (
    reply_id varchar primary key,
    table_id varchar not null references raw.source_table (table_id),
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
    table_id varchar primary key references raw.source_table (table_id),
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

create table raw.table_digest (
    run_id varchar not null references raw.refresh_run (run_id),
    table_name varchar not null,
    rows bigint not null,
    digest varchar not null,
    primary key (run_id, table_name)
);
comment on table raw.table_digest is 'what a table of mart held in a run';
