-- items of a list in their order, without those that stand in it before
create or replace macro core.each_once(items) as
    list_filter(items, lambda item, place: list_position(items, item) = place);
