import { readFileSync } from 'node:fs';
import { arch } from 'node:process';
import type { Precision } from './graph-description.ts';

/**
 * Eight bits where the processor adds up products of eight-bit numbers in 32 bits, which is exact and fast; x86 processors without VNNI add
 * pairs of them in 16 bits first, which can overflow. Elsewhere, and where nothing tells, fp32.
 */
export function bestPrecision(): Precision {
  if (arch !== 'x64') return 'float32';
  try {
    return /\b(?:avx512_vnni|avx_vnni)\b/u.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 'int8' : 'float32';
  } catch {
    // Not Linux.
    return 'float32';
  }
}
