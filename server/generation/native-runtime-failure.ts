import { type BespokeError, nativeRuntimeBroken } from '../errors.ts';

/**
 * What a worker that could not be started tells a user when its native module is the reason: a package of another platform, or a system
 * library that is too old. `undefined`: it was something else.
 */
export function nativeRuntimeFailure(error: Error): BespokeError | undefined {
  const code = 'code' in error ? error.code : undefined;
  const isNative =
    code === 'ERR_DLOPEN_FAILED' || (code === 'MODULE_NOT_FOUND' && /onnxruntime|\.node\b/.test(error.message));
  if (!isNative) return undefined;
  // The loader's own words, without the folders of the machine.
  const [reason = ''] = error.message.replaceAll(/\/\S*\//g, '').split('\n');
  return nativeRuntimeBroken(`${process.platform}-${process.arch}`, reason.trim(), { cause: error });
}
