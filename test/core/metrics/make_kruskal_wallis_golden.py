"""Prints Kruskal-Wallis tests and chi-square tails as SciPy computes them; see `madeWith` in its output.

SciPy is no package of the trainer: it comes into an environment of its own.
"""

import json
import random

import scipy
from scipy.stats import chi2, kruskal

random.seed(11)

# Paper P, one value per repository in the order of its table: base, Custom, L-EO, L-LDB, Prefix.
PAPER = {
    "BLEU-4": """
14.1 32.9 31.6 31.9 34.0
18.5 30.7 29.0 29.4 29.1
14.8 38.0 35.0 35.9 35.7
10.2 31.8 33.2 32.2 30.1
14.7 41.0 38.1 40.4 40.2
10.8 28.9 24.4 25.9 26.6
20.0 49.5 47.2 46.6 46.4
17.3 46.8 44.5 47.2 47.8
17.4 37.9 33.9 35.5 37.7
17.0 30.4 31.2 32.0 31.0
14.7 48.0 45.7 47.3 48.0
13.7 41.3 37.5 39.3 39.5
28.2 39.1 38.1 38.8 38.6
19.1 58.4 54.9 56.6 56.8
17.0 38.2 37.7 37.5 37.3
14.3 33.3 29.3 30.9 30.8
19.6 30.1 29.7 30.0 30.0
12.0 33.1 31.8 34.0 33.6
15.0 34.0 37.2 36.5 34.3
13.4 45.1 47.0 48.9 46.8
""",
    "perplexity": """
1.275 1.212 1.208 1.238 1.197
1.276 1.186 1.197 1.186 1.194
1.273 1.160 1.168 1.164 1.175
1.271 1.142 1.146 1.135 1.135
1.263 1.155 1.145 1.150 1.138
1.267 1.187 1.190 1.172 1.176
1.245 1.121 1.122 1.116 1.124
1.272 1.137 1.152 1.138 1.140
1.264 1.154 1.163 1.154 1.150
1.264 1.231 1.200 1.192 1.211
1.292 1.113 1.114 1.114 1.116
1.238 1.132 1.148 1.146 1.140
1.218 1.161 1.162 1.167 1.160
1.266 1.096 1.110 1.099 1.098
1.238 1.154 1.152 1.154 1.148
1.261 1.133 1.152 1.138 1.138
1.244 1.142 1.160 1.142 1.150
1.267 1.161 1.157 1.159 1.164
1.281 1.180 1.170 1.169 1.177
1.259 1.138 1.136 1.124 1.144
""",
}
SYSTEMS = ["base", "custom", "embeddings-output", "last-decoder-block", "prefix"]


def result(groups):
    test = kruskal(*groups)
    return {"statistic": float(test.statistic), "pValue": float(test.pvalue)}


def paper_tests(metric):
    columns = zip(*(map(float, line.split()) for line in PAPER[metric].split("\n") if line))
    systems = dict(zip(SYSTEMS, map(list, columns)))
    pairs = [(one, other) for at, one in enumerate(SYSTEMS) for other in SYSTEMS[at + 1 :]]
    return {
        "metric": metric,
        "systems": systems,
        "tests": [{"systems": pair, **result([systems[name] for name in pair])} for pair in pairs],
    }


def random_groups():
    digits = random.choice([0, 1, 6])
    return [
        [round(random.gauss(shift, 3), digits) for _ in range(random.randint(2, 12))]
        for shift in (random.uniform(0, 6) for _ in range(random.randint(2, 6)))
    ]


groups = [
    [[1, 2, 3, 4], [5, 6, 7, 8]],
    [[1, 2, 3], [3, 2, 1]],
    [[1], [2]],
    [[1, 1, 2], [1, 1, 1, 2, 2]],
    [[0, 0, 0, 0], [0, 0, 0, 1]],
    [[-2.5, 0, 1e9], [1e-9, 3, 3], [3, 4, 5, 6]],
    [list(range(0, 100)), list(range(80, 200))],
    *(random_groups() for _ in range(16)),
]
tails = [
    (value, degrees)
    for degrees in (1, 2, 3, 4, 5, 8, 19, 60)
    for value in (0, 1e-9, 0.1, 1, degrees - 0.5, degrees + 2, degrees + 2.001, 2 * degrees, 30, 200, 1000)
]
print(
    json.dumps(
        {
            "madeWith": f"uv run --no-project --python 3.11 --with scipy=={scipy.__version__} python "
            "test/core/metrics/make_kruskal_wallis_golden.py > test/core/metrics/kruskal-wallis-golden.json",
            "tests": [{"groups": case, **result(case)} for case in groups],
            "paper": [paper_tests(metric) for metric in PAPER],
            "tails": [
                {"value": value, "degreesOfFreedom": degrees, "survival": float(chi2.sf(value, degrees))}
                for value, degrees in tails
            ],
        },
        indent=1,
    )
)
