-- What was loaded, as it came. One statement a table; comments say what one row is.
create schema raw;

create table raw.source_table (
    table_id varchar primary key,
    kind varchar not null,
    publisher varchar not null,
    publisher_table varchar,
    title_nb varchar not null,
    title_en varchar not null,
    licence varchar not null,
    citation varchar not null,
    url varchar not null,
    published_on varchar,
    came_through varchar,
    note varchar
);
comment on table raw.source_table is 'a table, register or file of a publisher';

create table raw.indicator (
    indicator_id varchar primary key,
    theme varchar not null,
    title_nb varchar not null,
    title_en varchar not null,
    unit varchar not null,
    aggregate varchar not null check (aggregate in ('sum', 'ratio', 'weighted_mean', 'none')),
    numerator varchar,
    denominator varchar,
    factor double not null,
    weight varchar,
    minimum double,
    maximum double,
    zero_is_missing boolean not null,
    absent_is double,
    note varchar
);
comment on table raw.indicator is 'an indicator of the catalogue';

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
    fetched_at timestamptz not null,
    upstream varchar not null,
    provenance varchar
);
comment on table raw.reply is 'a reply of a publisher, kept byte for byte under its SHA-256';

create table raw.observation (
    indicator_id varchar not null,
    reported_code varchar not null,
    period varchar not null,
    value double,
    status varchar,
    unit varchar,
    reply_id varchar not null
);
comment on table raw.observation is 'a figure as published, in the publisher''s own codes';

create table raw.klass_code (
    code varchar not null, name varchar not null, valid_on date not null, reply_id varchar not null,
    primary key (code, valid_on)
);
comment on table raw.klass_code is 'a municipality code in force on a day';

create table raw.klass_change (
    changed_on date not null,
    old_code varchar,
    old_name varchar,
    new_code varchar,
    new_name varchar,
    reply_id varchar not null
);
comment on table raw.klass_change is 'a change of code or name that Klass lists';

create table raw.codelist_value (
    codelist varchar not null,
    code varchar not null,
    source_code varchar not null,
    reply_id varchar not null
);
comment on table raw.codelist_value is
    'a code that a publisher''s code list adds into one of its own';

create table raw.classification (
    scheme varchar not null,
    municipality_code varchar not null,
    class_code varchar not null,
    class_name varchar,
    division integer not null,
    reply_id varchar not null,
    primary key (scheme, municipality_code, division)
);
comment on table raw.classification is 'the class of a municipality in a classification';

create table raw.organisation (
    organisation_number varchar primary key,
    municipality_code varchar not null,
    name varchar not null,
    reply_id varchar not null
);
comment on table raw.organisation is 'a municipality''s organisation number';

create table raw.accessibility_statement (
    statement_id varchar primary key,
    organisation_number varchar not null,
    solution_name varchar,
    solution_address varchar,
    updated_on date,
    breaches integer,
    conformities integer,
    not_relevant integer,
    as_of date not null,
    reply_id varchar not null
);
comment on table raw.accessibility_statement is 'an accessibility statement in the register';

create table raw.refused_row (
    reply_id varchar not null, row integer not null, said varchar, reason varchar not null
);
comment on table raw.refused_row is 'a row of a file that could not be placed, and why';

create table raw.correction (
    correction_id varchar not null,
    table_id varchar not null references raw.source_table (table_id),
    reported_code varchar not null,
    first_period varchar not null,
    last_period varchar not null,
    published double,
    why varchar not null,
    source varchar not null,
    primary key (correction_id, table_id, reported_code)
);
comment on table raw.correction is
    'a code and span of periods in which a published figure is known to be wrong';

create table raw.refresh_run (
    run_id varchar primary key,
    started_at timestamptz not null,
    upstream varchar not null,
    code_version varchar not null,
    calls integer not null,
    replies integer not null,
    observations bigint not null
);
comment on table raw.refresh_run is 'a refresh that was published';
