import * as vscode from 'vscode';
import { DEFAULT_BASE, type EmbeddedBase, embeddedBase } from '../core/base-model/embedded-bases.ts';
import { type RequestedStrategy, requestedStrategies } from './client/run.ts';

/** The extension's settings, read at the time of use. Keys and defaults are declared in package.json. */
export function serverSettings(): {
  address: string;
  tls: boolean;
  caFile: string;
  traces: boolean;
  localHome: string;
  localBase: EmbeddedBase;
} {
  const settings = vscode.workspace.getConfiguration('bespoke');
  return {
    address: settings.get('server.address', '').trim(),
    tls: settings.get('server.tls', true),
    caFile: settings.get('server.caFile', '').trim(),
    traces: settings.get('server.traces', false),
    localHome: settings.get('localServer.home', '').trim(),
    localBase: embeddedBase(settings.get('localServer.baseModel', '')) ?? DEFAULT_BASE,
  };
}

/** Whom people sign in with, for servers that take it; empty where there is none. */
export function signInSettings(): { issuer: string; clientId: string } {
  const settings = vscode.workspace.getConfiguration('bespoke.server.signIn');
  return { issuer: settings.get('issuer', '').trim(), clientId: settings.get('clientId', '').trim() };
}

export function personalizationSettings(folder: vscode.Uri): {
  strategy: RequestedStrategy;
  /** `undefined`: the strategy's default. */
  maxEpochs: number | undefined;
  heldOutPairs: number;
  comparedPairs: number;
} {
  const settings = vscode.workspace.getConfiguration('bespoke.personalization', folder);
  const named = settings.get<string>('strategy', '');
  const maxEpochs = settings.get('maxEpochs', 0);
  return {
    strategy: requestedStrategies.find((strategy) => strategy === named) ?? 'last-decoder-block',
    maxEpochs: maxEpochs > 0 ? maxEpochs : undefined,
    heldOutPairs: settings.get('heldOutPairs', 40),
    comparedPairs: settings.get('comparedPairs', 10),
  };
}

export function generationSettings(folder: vscode.Uri): { candidates: number; check: boolean } {
  const settings = vscode.workspace.getConfiguration('bespoke.generation', folder);
  return {
    candidates: Math.min(8, Math.max(1, settings.get('candidates', 3))),
    check: settings.get('check', true),
  };
}

export function codeLensSettings(folder: vscode.Uri): { untestedMethods: boolean } {
  const settings = vscode.workspace.getConfiguration('bespoke.codeLens', folder);
  return { untestedMethods: settings.get('untestedMethods', false) };
}
