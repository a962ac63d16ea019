/** A line of the workspace's own code at which a test was when it failed. */
export interface StackFrame {
  /** Binary, for instance `shop.Cart$Sum`. */
  readonly className: string;
  /** Simple, for instance `Stack.pop` or `new Stack`. */
  readonly name: string;
  /** For instance `Stack.java:4`. */
  readonly location: string;
  /** From 1; negative where the class was compiled without line numbers. */
  readonly line: number;
}

/** What a verdict says, as `Verdict.java` writes it: the message, then a line for each frame, innermost first. */
export interface FailureDetail {
  readonly message: string;
  readonly frames: readonly StackFrame[];
}

const frame = /\nat ([\w.$]+)\.([\w$<>]+)\((\S*?:(-?\d+))\)/g;
const framesAtEnd = new RegExp(`(?:${frame.source})+$`);

export function readFailureDetail(detail: string): FailureDetail {
  const lines = framesAtEnd.exec(detail)?.[0] ?? '';
  const frames = [...lines.matchAll(frame)].map(([, className = '', method = '', location = '', line = '-1']) => {
    const simpleName = className.split(/[.$]/).findLast((part) => !/^\d*$/.test(part)) ?? className;
    // A lambda runs as a method of the class that is named after the method around it.
    const own = method.replace(/^lambda\$(.+)\$\d+$/, '$1');
    const name = own === '<init>' || own === 'new' ? `new ${simpleName}` : `${simpleName}.${own}`;
    return { className, name, location, line: Number(line) };
  });
  return { message: detail.slice(0, detail.length - lines.length), frames };
}

/** Whether a frame is in the class, or in one within it. */
export function isWithin({ className }: StackFrame, binaryClassName: string): boolean {
  return className === binaryClassName || className.startsWith(`${binaryClassName}$`);
}
