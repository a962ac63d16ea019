/** The loss of one held-out pair. */
export interface TokenLoss {
  /** Sum of negative log-likelihoods over the target tokens, in nats. */
  readonly lossSum: number;
  readonly targetTokens: number;
}

/** Mean loss per target token, in nats; weighs every token alike, so long tests count more. `NaN` without a token. */
export function meanLoss(losses: readonly TokenLoss[]): number {
  let sum = 0;
  let tokens = 0;
  for (const loss of losses) {
    sum += loss.lossSum;
    tokens += loss.targetTokens;
  }
  return sum / tokens;
}

/** The loss of one held-out pair and the length of what it is about. */
export interface CharacterLoss {
  /** Sum of negative log-likelihoods over the target tokens, in nats. */
  readonly lossSum: number;
  /** UTF-16 units of the text that the target tokens stand for. */
  readonly targetCharacters: number;
}

/** Loss per character of the target, in nats: compares models whose tokenizers differ. `NaN` without a character. */
export function natsPerCharacter(losses: readonly CharacterLoss[]): number {
  let sum = 0;
  let characters = 0;
  for (const loss of losses) {
    sum += loss.lossSum;
    characters += loss.targetCharacters;
  }
  return sum / characters;
}

/** Mean perplexity per token (paper P, RQ1) of a mean loss in nats. */
export function perplexity(lossNats: number): number {
  return Math.exp(lossNats);
}
