"""The shapes of the replies, as JSON Schema.

StatBank's follow the OpenAPI description of PxWebApi 2, with what SSB's own replies do differently:
`type` is not on tables, `codelists` is also written `codeLists`, its two limits may be 0, and
`refperiod` and the like stand where the description has them optional. data.norge.no's follow the
OpenAPI description of its search service, the others the recorded replies. The tests hold both the
stand-in and the publishers' own replies against them.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
YES_NO: Schema = {"type": "boolean"}
OR_NULL: Schema = {"type": ["string", "null"]}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
MOMENT: Schema = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}


def listed(item: Schema) -> Schema:
    """A list of one kind of thing."""
    return {"type": "array", "items": item}


def keyed(item: Schema) -> Schema:
    """An object used as a dictionary."""
    return {"type": "object", "additionalProperties": item}


def record(must: Schema, may: Schema | None = None, *, closed: bool = False) -> Schema:
    """An object with properties that must and may be there; `closed` if no others are allowed."""
    return {
        "type": "object",
        "properties": must | (may or {}),
        "required": list(must),
        "additionalProperties": not closed,
    }


# --- StatBank ------------------------------------------------------------------------------

LINK = record({"rel": TEXT, "hreflang": TEXT, "href": TEXT})
LINKS = listed(LINK)

PROBLEM = record({"type": TEXT, "title": TEXT, "status": WHOLE}, {"detail": TEXT}, closed=True)

CONFIG = record(
    {
        "apiVersion": TEXT,
        "appVersion": TEXT,
        "languages": listed(record({"id": TEXT, "label": TEXT})),
        "defaultLanguage": TEXT,
        "maxDataCells": WHOLE,
        "maxCallsPerTimeWindow": WHOLE,
        "timeWindow": WHOLE,
        "license": TEXT,
        "defaultDataFormat": TEXT,
        "dataFormats": listed(TEXT),
    },
    {"sourceReferences": listed(record({"language": TEXT, "text": TEXT}))},
)

_TABLE = {
    "id": TEXT,
    "label": TEXT,
    "updated": MOMENT,
    "firstPeriod": OR_NULL,
    "lastPeriod": OR_NULL,
    "variableNames": listed(TEXT),
    "links": LINKS,
}
_TABLE_MAY = {
    "description": TEXT,
    "category": {"enum": ["internal", "public", "private", "section"]},
    "discontinued": {"type": ["boolean", "null"]},
    "source": TEXT,
    "subjectCode": TEXT,
    "sortCode": TEXT,
    "timeUnit": {"enum": ["Annual", "Quarterly", "Monthly", "Weekly", "Other"]},
    "paths": listed(listed(record({"id": TEXT, "label": TEXT}))),
}
TABLE = record({"language": TEXT, **_TABLE}, _TABLE_MAY)
TABLES = record(
    {
        "language": TEXT,
        "tables": listed(record(_TABLE, _TABLE_MAY)),
        "page": record(
            {"pageNumber": WHOLE, "pageSize": WHOLE, "totalElements": WHOLE, "totalPages": WHOLE},
            {"links": LINKS},
        ),
        "links": LINKS,
    }
)

_CODELIST_TYPE: Schema = {"enum": ["Aggregation", "Valueset"]}
_CODELIST_INFORMATION = record({"id": TEXT, "label": TEXT, "type": _CODELIST_TYPE, "links": LINKS})
CODELIST = record(
    {
        "id": TEXT,
        "label": TEXT,
        "language": TEXT,
        "languages": listed(TEXT),
        "type": _CODELIST_TYPE,
        "values": listed(record({"code": TEXT, "label": TEXT, "valueMap": listed(TEXT)})),
        "links": LINKS,
    },
    {"elimination": YES_NO, "eliminationValueCode": TEXT},
)

_CATEGORY = record(
    {"index": keyed(WHOLE), "label": keyed(TEXT)},
    {
        "note": keyed(listed(TEXT)),
        "child": keyed(listed(TEXT)),
        "unit": keyed(record({"base": TEXT}, {"decimals": WHOLE})),
    },
    closed=True,
)
_EXTENSION = record(
    {"elimination": YES_NO, "show": TEXT},
    {
        "eliminationValueCode": TEXT,
        "refperiod": keyed(TEXT),
        "codelists": listed(_CODELIST_INFORMATION),
        "codeLists": listed(_CODELIST_INFORMATION),
        "measuringType": keyed({"enum": ["Stock", "Flow", "Average", "Other"]}),
        "priceType": keyed({"enum": ["NotApplicable", "Current", "Fixed"]}),
        "adjustment": keyed({"enum": ["None", "SesOnly", "WorkOnly", "WorkAndSes"]}),
    },
)
_DIMENSION = record(
    {"label": TEXT, "category": _CATEGORY, "extension": _EXTENSION},
    {"note": listed(TEXT), "link": record({})},
    closed=True,
)
_PX = record(
    {
        "tableid": TEXT,
        "decimals": WHOLE,
        "official-statistics": YES_NO,
        "aggregallowed": YES_NO,
        "language": TEXT,
        "contents": TEXT,
        "heading": listed(TEXT),
        "stub": listed(TEXT),
        "matrix": TEXT,
        "subject-code": TEXT,
        "subject-area": TEXT,
    }
)
DATASET = record(
    {
        "version": {"const": "2.0"},
        "class": {"const": "dataset"},
        "label": TEXT,
        "source": TEXT,
        "id": listed(TEXT),
        "size": listed(WHOLE),
        "dimension": keyed(_DIMENSION),
        "role": record({"time": listed(TEXT), "metric": listed(TEXT)}, {"geo": listed(TEXT)}),
        "extension": record(
            {"px": _PX},
            {
                "contact": listed(record({"raw": TEXT})),
                "discontinued": {"type": ["boolean", "null"]},
            },
        ),
        "value": listed({"type": ["number", "null"]}),
    },
    {
        "updated": MOMENT,
        "href": TEXT,
        "link": keyed(listed(record({"href": TEXT}))),
        "note": listed(TEXT),
        "status": keyed(TEXT),
    },
    closed=True,
)

# --- Klass ---------------------------------------------------------------------------------

KLASS_CODES = record(
    {
        "codes": listed(
            record(
                {"code": TEXT, "parentCode": OR_NULL, "level": TEXT, "name": TEXT},
                {
                    "shortName": OR_NULL,
                    "presentationName": OR_NULL,
                    "validFrom": {"anyOf": [DAY, {"type": "null"}]},
                    "validTo": {"anyOf": [DAY, {"type": "null"}]},
                    "validFromInRequestedRange": DAY,
                    "validToInRequestedRange": {"anyOf": [DAY, {"type": "null"}]},
                    "notes": OR_NULL,
                },
                closed=True,
            )
        )
    }
)
KLASS_CHANGES = record(
    {
        "codeChanges": listed(
            record(
                {
                    "oldCode": OR_NULL,
                    "oldName": OR_NULL,
                    "newCode": OR_NULL,
                    "newName": OR_NULL,
                    "changeOccurred": DAY,
                }
            )
        )
    }
)
KLASS_CORRESPONDENCES = record(
    {
        "correspondenceItems": listed(
            record({"sourceCode": TEXT, "sourceName": TEXT, "targetCode": TEXT, "targetName": TEXT})
        )
    }
)

# --- registers -----------------------------------------------------------------------------

_PAGE = record({"size": WHOLE, "totalElements": WHOLE, "totalPages": WHOLE, "number": WHOLE})
_NUMBER: Schema = {"type": "string", "pattern": r"^\d{9}$"}
_KIND = record({"kode": TEXT, "beskrivelse": TEXT})

UNIT = record(
    {
        "organisasjonsnummer": _NUMBER,
        "navn": TEXT,
        "organisasjonsform": _KIND,
        "forretningsadresse": record({"kommunenummer": {"type": "string", "pattern": r"^\d{4}$"}}),
    }
)
UNITS = record(
    {"_links": keyed(record({"href": TEXT})), "page": _PAGE},
    {"_embedded": record({"enheter": listed(UNIT)})},
    closed=True,
)
_BODY = record({"organisasjonsnummer": _NUMBER, "navn": listed(TEXT), "erSlettet": YES_NO})
ROLES = record(
    {
        "rollegrupper": listed(
            record(
                {
                    "type": _KIND,
                    "roller": listed(
                        record(
                            {"type": _KIND, "fratraadt": YES_NO, "rekkefolge": WHOLE},
                            {"enhet": _BODY, "person": record({"navn": record({})})},
                        )
                    ),
                }
            )
        )
    }
)

_STATEMENT = record(
    {
        "organisasjonsnummer": _NUMBER,
        "verksemdNamn": TEXT,
        "iktLoeysingNamn": TEXT,
        "erklaeringsAdresse": TEXT,
        "sisteOppdatering": DAY,
        "talBrot": WHOLE,
        "talSamsvar": WHOLE,
        "talIkkjeRelevant": WHOLE,
    }
)
STATEMENTS = record({"page": _PAGE}, {"_embedded": record({"dataElements": listed(_STATEMENT)})})

SEARCH_RESULT = record(
    {
        "hits": listed(
            record(
                {
                    "id": TEXT,
                    "title": keyed(TEXT),
                    "organization": record({"id": _NUMBER, "orgPath": TEXT}),
                    "searchType": {"const": "DATASET"},
                }
            )
        ),
        "aggregations": keyed(listed(record({"key": TEXT, "count": WHOLE}, closed=True))),
        "page": record(
            {"currentPage": WHOLE, "size": WHOLE, "totalElements": WHOLE, "totalPages": WHOLE},
            closed=True,
        ),
    }
)
