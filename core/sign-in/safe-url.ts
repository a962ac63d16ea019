/** Whether a sign-in may go to an address. Over plain HTTP anybody on the way could read it, or put in keys of their own. */
export function isSafeUrl(text: unknown): text is string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return true;
  return url?.protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u.test(url.hostname);
}
