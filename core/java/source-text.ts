/** A Java file's text. Line ends are `\n` and the byte-order mark is gone, so that offsets and text do not depend on the checkout. */
export interface SourceText {
  readonly text: string;
  /** False when the bytes were not UTF-8; the text was then read as ISO 8859-1, which never fails. */
  readonly isUtf8: boolean;
}

export function decodeSource(bytes: Uint8Array): SourceText {
  try {
    return { text: withLineFeeds(utf8.decode(bytes)), isUtf8: true };
  } catch {
    return {
      text: withLineFeeds(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')),
      isUtf8: false,
    };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}
