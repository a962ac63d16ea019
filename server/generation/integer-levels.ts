import { readFileSync } from 'node:fs';
import { arch } from 'node:process';

/**
 * The largest magnitude of an eight-bit weight on this machine. x86 processors without VNNI add pairs of products in 16 bits, which
 * overflow with full-range weights; seven bits keep the sums exact.
 */
export function weightLevels(): number {
  if (arch !== 'x64') return 127;
  try {
    return /\b(?:avx512_vnni|avx_vnni)\b/u.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 127 : 63;
  } catch {
    // Not Linux: nothing tells, so stay on the exact side.
    return 63;
  }
}
