"""What Helm and the published schemas of Kubernetes say of a chart, and of manifests that belong to no chart.

Reads a request as JSON from standard input: {"chart": folder, "values": {…}, "release": name} or {"manifests": YAML}, with the
"versions" of Kubernetes to check against. Prints {"refused": text | null, "lint": […], "documents": […], "problems": […]}. A document
of a kind that Kubernetes itself does not have is a problem too, unless its apiVersion is in "foreign".
"""

import json
import sys

import kubernetes_validate
import yaml
from helm_python import Chart, HelmError, lint


def main() -> None:
    request = json.load(sys.stdin)
    answer = {"refused": None, "lint": [], "documents": [], "problems": []}
    if "chart" in request:
        report = lint(request["chart"], request["values"], strict=True)
        answer["lint"] = [message["error"] for message in report["messages"] if message["severity"] > 1] + report["errors"]
        try:
            with Chart.load(request["chart"]) as chart:
                chart.validate_schema(request["values"])
                rendered = chart.render(request["values"], name=request["release"], namespace="tests")
        except HelmError as error:
            answer["refused"] = str(error)
            rendered = {}
        texts = [rendered[name] for name in sorted(rendered)]
    else:
        texts = [request["manifests"]]
    for text in texts:
        answer["documents"] += [document for document in yaml.safe_load_all(text) if document]
    for version in request["versions"]:
        for document in answer["documents"]:
            if document["apiVersion"] not in request.get("foreign", []):
                answer["problems"] += problems(document, version)
    json.dump(answer, sys.stdout)


def problems(document: dict, version: str) -> list[str]:
    name = f"{document['kind']} in {version}"
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{name}: {'.'.join(str(part) for part in error.path)}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [f"{name}: {error.message}"]
    return []


main()
