-- one row: a county number (the first two digits of a municipality code) and the county's name;
--     numbers have never been given to a second county, so no dates are needed. Klass 104
-- key: county_code
-- county_code: two-digit county number, as text
-- county_name: official Norwegian name, without the Sami and Kven forms
select *
from (
    values
        ('01', 'Østfold'), ('02', 'Akershus'), ('03', 'Oslo'), ('04', 'Hedmark'),
        ('05', 'Oppland'), ('06', 'Buskerud'), ('07', 'Vestfold'), ('08', 'Telemark'),
        ('09', 'Aust-Agder'), ('10', 'Vest-Agder'), ('11', 'Rogaland'), ('12', 'Hordaland'),
        ('13', 'Bergen'), ('14', 'Sogn og Fjordane'), ('15', 'Møre og Romsdal'),
        ('16', 'Sør-Trøndelag'), ('17', 'Nord-Trøndelag'), ('18', 'Nordland'),
        ('19', 'Troms'), ('20', 'Finnmark'),
        ('50', 'Trøndelag'), ('30', 'Viken'), ('34', 'Innlandet'), ('38', 'Vestfold og Telemark'),
        ('42', 'Agder'), ('46', 'Vestland'), ('54', 'Troms og Finnmark'),
        ('31', 'Østfold'), ('32', 'Akershus'), ('33', 'Buskerud'), ('39', 'Vestfold'),
        ('40', 'Telemark'), ('55', 'Troms'), ('56', 'Finnmark')
) as county (county_code, county_name)
