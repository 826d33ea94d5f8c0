-- Tables that are filled after the models have run.
create schema mart;

create table mart.data_check (
    check_name varchar primary key,
    finds varchar not null,
    why varchar not null,
    severity varchar not null,
    faults integer not null,
    examples varchar[] not null
);
comment on table mart.data_check is 'a data check of this warehouse and what it found';
comment on column mart.data_check.check_name is 'name of the check, and of its file in warehouse/checks';
comment on column mart.data_check.finds is 'what a fault is: of two words with a slash between, one fault or several';
comment on column mart.data_check.why is 'what the check protects';
comment on column mart.data_check.severity is 'block: a fault keeps the warehouse from being published; warn: it is only shown';
comment on column mart.data_check.faults is 'number of faults found; 0 is passed';
comment on column mart.data_check.examples is 'the first faults, in words';
