"""How the document of the API tells of files: they are plain views, for bytes need no schema."""

from typing import Any

from media.renditions import SIZES

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Such as image-12, document-5 or video-3.",
    "schema": {"type": "string"},
}
_QUERY = [
    {
        "name": "k",
        "in": "query",
        "description": "What `GET /files/{id}/link` gave: who asks, where no token can be sent.",
        "schema": {"type": "string"},
    },
    {
        "name": "download",
        "in": "query",
        "allowEmptyValue": True,
        "description": "Given at all: browsers save the file and do not show it.",
        "schema": {"type": "string"},
    },
]
_BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_RESPONSES = {
    "200": {
        "description": "The bytes, with their true type, an ETag and a name.",
        "content": _BYTES,
    },
    "206": {"description": "The range asked for, if If-Range still holds.", "content": _BYTES},
    "302": {"description": "To the storage, by an address good for a moment, where set up so."},
    "304": {"description": "Not Modified: the ETag is still good"},
    "401": {"description": "The token or the link is not good", "content": _PROBLEM},
    "403": {"description": "The token has no `read` scope", "content": _PROBLEM},
    "404": {"description": "Nothing here, or nothing for you", "content": _PROBLEM},
    "412": {"description": "If-Match names another version", "content": _PROBLEM},
    "416": {"description": "The range begins behind the end", "content": _PROBLEM},
    "503": {
        "description": "The size is being made, or enough downloads run: see Retry-After",
        "content": _PROBLEM,
    },
}


FILE_PATHS: dict[str, Any] = {
    "/files/{id}": {
        "get": {
            "operationId": "get_file",
            "summary": "A file that an entry you may read holds",
            "tags": ["Files"],
            "parameters": [_ID, *_QUERY],
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
                *_QUERY,
            ],
            "responses": _RESPONSES,
        }
    },
}
