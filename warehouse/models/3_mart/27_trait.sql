-- one row: a trait that municipalities have, in words, and for how many it is known
-- key: trait_id
-- as of: current
-- trait_id: our name for it
-- theme: what it is about; digital, classification, or what the researcher has named
-- title_nb: title in bokmål
-- title_en: title in English
-- synonyms: other words by which a person looks for it, in both languages
-- indicator_id: see mart.indicator; the same fact as a number, where it can be one; the others are columns of
--     mart.case_candidate
-- table_id: the source it is read from
-- is_asked: whether there is an answer of the source; what was not asked is unknown
-- valid_on: the newest day or year on which it was seen
-- municipalities: number of municipalities for which it is known
-- different_values: number of different words
-- note: what else to know
with known as (
    select
        trait_id,
        max(valid_on) as valid_on,
        count(value) as municipalities,
        count(distinct value) as different_values
    from mart.municipality_trait
    group by trait_id
)

select
    trait.trait_id,
    trait.theme,
    trait.title_nb,
    trait.title_en,
    trait.synonyms,
    trait.indicator_id,
    trait.table_id,
    coalesce(source.is_asked, false) as is_asked,
    known.valid_on,
    coalesce(known.municipalities, 0) as municipalities,
    coalesce(known.different_values, 0) as different_values,
    trait.note
from raw.trait as trait
left join mart.source_table as source using (table_id)
left join known using (trait_id)
order by trait.theme, trait.trait_id
