"""Operations of the API: a thin decorator that reads the request, and the OpenAPI document made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

import companion
from companion.management.wire import Page, Problem
from companion.protocol import Id, parse_json

Method = Literal["GET", "POST", "PUT"]
_ID: TypeAdapter[str] = TypeAdapter(Id)
REF = "#/components/schemas/{model}"


@dataclass(frozen=True)
class Call:
    """One request: who asks, the `{id}` of the path, and the models it brought."""

    request: web.Request
    device: str
    id: str
    body: Any
    query: Any


Function = Callable[[Call], Awaitable[BaseModel]]


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    method: Method
    path: str
    summary: str
    function: Function
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    rows: type[BaseModel] | None = None
    """The model of a page's rows."""
    open: bool = False
    """Whether it may be called without a device token."""

    async def run(self, request: web.Request, device: str) -> web.Response:
        """Read the request, call the function, write its answer. Raises what `problems` understands."""
        given = request.match_info.get("id")
        call = Call(
            request=request,
            device=device,
            id=_ID.validate_python(given, strict=True) if given is not None else "",
            body=self.body.model_validate(parse_json(await request.read())) if self.body else None,
            query=self.query.model_validate(dict(request.query)) if self.query else None,
        )
        answer = await self.function(call)
        return web.Response(body=answer.model_dump_json().encode(), content_type="application/json")


class Operations:
    """The list of all operations; `add` is the decorator."""

    def __init__(self) -> None:
        self.all: list[Operation] = []

    def add(
        self, method: Method, path: str, answer: type[BaseModel], **more: Any
    ) -> Callable[[Function], Function]:
        """Register a function; its docstring's first line is the summary. `more` as in Operation."""

        def register(function: Function) -> Function:
            summary = (function.__doc__ or "").strip().splitlines()[0]
            self.all.append(Operation(method, path, summary, function, answer, **more))
            return function

        return register


def openapi(operations: list[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations."""
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chudan management system", "version": companion.__version__},
        "servers": [{"url": "/"}],
        "security": [{"device": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    }


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {Problem: None, Page: None}
    for operation in operations:
        for model in (operation.body, operation.answer, operation.rows):
            if model is not None:
                models[model] = None
    wanted: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in models]
    _, document = models_json_schema(wanted, ref_template=REF)
    return dict(document["$defs"])


def _describe(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.function.__name__,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            "200": {"description": "Done", "content": _json(_answer(operation))},
            "default": {
                "description": "A problem; `code` is a number of PROTOCOL.md",
                "content": {"application/problem+json": {"schema": _ref(Problem)}},
            },
        },
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": _json(_ref(operation.body))}
    if operation.open:
        described["security"] = []
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    if "{id}" not in operation.path:
        return []
    return [{"name": "id", "in": "path", "required": True, "schema": _ID.json_schema()}]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    fields = operation.query.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(schema)}
        for name, schema in fields.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query string has no null: leaving the parameter out says the same."""
    kept = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return kept[0] if kept else schema


def _answer(operation: Operation) -> dict[str, Any]:
    if operation.rows is None:
        return _ref(operation.answer)
    rows = {"type": "array", "items": _ref(operation.rows)}
    return {"allOf": [_ref(Page)], "properties": {"rows": rows}}


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": REF.format(model=model.__name__)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
