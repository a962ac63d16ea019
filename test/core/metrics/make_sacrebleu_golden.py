"""Prints BLEU scores of made-up sentences as sacreBLEU computes them; see `madeWith` in its output."""

import json
import random

import sacrebleu

random.seed(7)
VOCABULARY = "assertThat ( ) . isEqualTo ; new Order void @Test public { } when then Return = x y".split()


def sentence(length: int) -> str:
    return " ".join(random.choice(VOCABULARY) for _ in range(length))


def disturbed(text: str) -> str:
    words = []
    for word in text.split():
        dice = random.random()
        if dice >= 0.15:
            words.append(random.choice(VOCABULARY) if dice < 0.3 else word)
    return " ".join(words) or "x"


references = [sentence(random.randint(1, 60)) for _ in range(24)]
hypotheses = [disturbed(reference) for reference in references]
hypotheses[0] = "zzz"
hypotheses[1] = references[1]
hypotheses[2] = "public void"
# After the random ones: nothing written, and more written than the reference has.
hypotheses += ["", references[9]]
references += [references[8], hypotheses[9]]

corpus_bleu = sacrebleu.BLEU(tokenize="none", smooth_method="exp", effective_order=False)
corpora = {
    "all": range(26),
    "random": range(24),
    "short": [0, 2],
    "smoothed": [2, 11],
    "too long": [25],
    "one empty": [3, 24],
    "first half": range(12),
    "one exact": [1],
    "nothing matches": [0],
}
print(
    json.dumps(
        {
            "madeWith": "python test/core/metrics/make_sacrebleu_golden.py > test/core/metrics/sacrebleu-golden.json",
            "corpus": [
                {
                    "name": name,
                    "pairs": list(pairs),
                    "score": corpus_bleu.corpus_score(
                        [hypotheses[i] for i in pairs], [[references[i] for i in pairs]]
                    ).score,
                }
                for name, pairs in corpora.items()
            ],
            "signature": str(corpus_bleu.get_signature()),
            "sentence": [
                sacrebleu.sentence_bleu(
                    hypothesis, [reference], tokenize="none", smooth_method="exp", use_effective_order=True
                ).score
                for hypothesis, reference in zip(hypotheses, references)
            ],
            "hypotheses": hypotheses,
            "references": references,
        },
        indent=1,
    )
)
