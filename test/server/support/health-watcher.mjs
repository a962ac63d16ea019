// Watches the health of the server at ADDRESS in a process of its own, so that whoever makes the load does not delay it; prints a line
// with the time, in milliseconds since 1970, when the watch has begun and when it says NOT_SERVING.
import { connect } from 'node:http2';

const session = connect(`http://${process.argv[2]}`);
const stream = session.request({
  ':method': 'POST',
  ':path': '/grpc.health.v1.Health/Watch',
  'content-type': 'application/grpc',
  te: 'trailers',
});
// An empty request: the health of the server as a whole.
stream.end(Buffer.alloc(5));
let answer = Buffer.alloc(0);
stream.on('data', (bytes) => {
  answer = Buffer.concat([answer, bytes]);
  // A frame's head of five bytes, the field `status`, and its value: 1 SERVING, 2 NOT_SERVING.
  for (; answer.length >= 7; answer = answer.subarray(7)) {
    console.log(JSON.stringify({ serving: answer[6] === 1, atMs: Date.now() }));
    if (answer[6] === 2) session.destroy();
  }
});
for (const one of [session, stream]) one.on('error', () => {});
