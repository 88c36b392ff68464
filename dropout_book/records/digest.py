"""Digests of code as Python parses it: comments, docstrings and layout make nothing stale."""

import ast
import hashlib

LEFT_OUT = {"ctx", "kind", "type_comment", "type_ignores"}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def plain(node):
    """A syntax tree as lists and strings, the same under every version of Python that reads
    it: fields that are empty, which newer versions add, are left out."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = fields["body"][1:]
    return [
        type(node).__name__,
        *(
            [name, plain(value)]
            for name, value in sorted(fields.items())
            if name not in LEFT_OUT and value is not None and value != []
        ),
    ]


def digest_of_code(source):
    """Sixteen hexadecimal digits; raises SyntaxError where `source` is no Python."""
    return hashlib.sha256(repr(plain(ast.parse(source))).encode()).hexdigest()[:16]
