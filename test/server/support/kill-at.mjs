// Preloaded into a program under test: `kill -9` in the moment in which it logs the word `KILL_AT`, which no other process could hit as exactly.
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text, ...rest) => {
  if (String(text).includes(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
  return write(text, ...rest);
};
