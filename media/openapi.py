"""How the document of the API tells of files: they are plain views, for bytes need no schema."""

from typing import Any

from media.renditions import SIZES

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Such as image-12 or document-5.",
    "schema": {"type": "string"},
}
_RESPONSES = {
    "200": {
        "description": "The bytes, with their true type, an ETag and a name.",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    "304": {"description": "Not Modified: the ETag is still good"},
    "401": {"description": "The token is not good", "content": _PROBLEM},
    "404": {"description": "Nothing here, or nothing for you", "content": _PROBLEM},
}

FILE_PATHS: dict[str, Any] = {
    "/files/{id}": {
        "get": {
            "operationId": "get_file",
            "summary": "A file that an entry you may read holds",
            "tags": ["Files"],
            "parameters": [_ID],
            "responses": _RESPONSES,
        }
    },
    "/files/{id}/{rendition}": {
        "get": {
            "operationId": "get_rendition",
            "summary": "A picture in one of the named sizes",
            "tags": ["Files"],
            "parameters": [
                _ID,
                {
                    "name": "rendition",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "enum": list(SIZES)},
                },
            ],
            "responses": _RESPONSES,
        }
    },
}
