import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, vi } from 'vitest';
import { IdentityProviderUnderTest, signingKey } from '../server/support/identity-provider-under-test.ts';
import { required } from '../server/support/runs.ts';
import { endServers, startServer } from '../server/support/server-under-test.ts';
import { CleanRoom } from './clean-room.ts';
import { sampleWorkspace, smallWorkspace } from './java-workspace.ts';
import { type OpenEditor, openEditor } from './open-editor.ts';
import { packagedExtension } from './packaged-extension.ts';
import { describeBadInput } from './specs/bad-input.ts';
import { describeEveryCommand } from './specs/every-command.ts';
import { describeMainJob } from './specs/main-job.ts';
import { describePackaged } from './specs/packaged.ts';
import { describePackages } from './specs/packages.ts';
import { describeRestrictedMode } from './specs/restricted-mode.ts';
import { describeSignIn } from './specs/sign-in.ts';
import { addChime, chimeCandidates, describeSuggestions } from './specs/suggestions.ts';
import { addBells, bellCandidates, describeTestsForClass } from './specs/tests-for-class.ts';
import { addHorn, describeTrainingData, hornCandidates } from './specs/training-data.ts';
import { describeWelcome } from './specs/welcome.ts';
import { StandInServer } from './stand-in-server.ts';
import { VSCodeServer } from './vscode-server.ts';

// One file, so that the machine runs one VS Code at a time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Opens an editor when the first test of a block needs it, and says what it showed when a test failed. */
function editorOf(start: () => Promise<OpenEditor>): () => Promise<OpenEditor> {
  let opened: Promise<OpenEditor> | undefined;
  afterAll(async () => (await opened)?.close());
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const shown = await opened?.then(({ workbench }) => workbench.described()).catch(String);
    console.error(`The editor when "${task.name}" had failed:\n${shown}`);
  });
  return () => {
    opened ??= start();
    return opened;
  };
}

describe('the packaged extension in VS Code', () => {
  describePackaged(
    editorOf(() => {
      const workspace = sampleWorkspace();
      mkdirSync(join(workspace, 'check'));
      writeFileSync(
        join(workspace, 'check', 'Unfit.java'),
        'abstract class Unfit {\n  private int hidden() { return 1; }\n  abstract int later();\n  @Generated("x") int written() { return 1; }\n}\n',
      );
      mkdirSync(join(workspace, 'generated-sources'), { recursive: true });
      writeFileSync(
        join(workspace, 'generated-sources', 'Made.java'),
        'class Made {\n  public int made() { return 1; }\n}\n',
      );
      return openEditor(workspace, { extensions: [packagedExtension()], trusted: true });
    }),
  );
});

describe('Restricted Mode', () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  afterAll(() => {
    server.close();
  });
  describeRestrictedMode(
    editorOf(async () => {
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as AddressInfo;
      return openEditor(sampleWorkspace(), {
        extensions: [packagedExtension()],
        trusted: false,
        settings: { 'bespoke.server.address': `127.0.0.1:${port}`, 'bespoke.server.tls': false },
      });
    }),
    () => connections,
  );
});

describe('with a stand-in server in VS Code', () => {
  let server: StandInServer | undefined;
  afterAll(() => server?.stop());
  const open = editorOf(async () => {
    server = await StandInServer.start({ ...bellCandidates, ...chimeCandidates, ...hornCandidates });
    const workspace = smallWorkspace();
    addBells(workspace);
    addChime(workspace);
    addHorn(workspace);
    return openEditor(workspace, {
      extensions: [packagedExtension()],
      trusted: true,
      settings: { 'bespoke.server.address': server.address, 'bespoke.server.tls': false },
    });
  });
  describe('tests for a class', () => describeTestsForClass(open));
  describe('tests on offer', () => describeSuggestions(open));
  describe('training data', () => describeTrainingData(open));
});

describe('signing in in VS Code', () => {
  let provider: IdentityProviderUnderTest | undefined;
  afterAll(async () => {
    await provider?.stop();
    await endServers();
  });
  describeSignIn(
    editorOf(async () => {
      provider = await IdentityProviderUnderTest.start(signingKey('key'));
      const server = await startServer({
        flags: ['--oidc-issuer', provider.issuer, '--oidc-audience', 'editor'],
      });
      return openEditor(smallWorkspace(), {
        extensions: [packagedExtension()],
        trusted: true,
        settings: {
          ...{ 'bespoke.server.address': server.address, 'bespoke.server.tls': false },
          ...{ 'bespoke.server.signIn.issuer': provider.issuer, 'bespoke.server.signIn.clientId': 'editor' },
        },
      });
    }),
    () => required(provider),
  );
});

describe('a fresh VS Code', () => {
  let server: Promise<VSCodeServer> | undefined;
  afterAll(async () => (await server)?.stop());
  const start = () => {
    server ??= VSCodeServer.start({ extensions: [packagedExtension()], trusted: true });
    return server;
  };
  describe('with bad input', () => describeBadInput(start));
  describe('welcomes', () => describeWelcome(start));
});

// On a machine without the checkout: only what its set-up fetched is shared. `npm run bench -- clean-install` fetches that as well.
describe('the main job in VS Code', () => {
  let room: CleanRoom | undefined;
  afterAll(() => room?.remove());
  describeMainJob(
    editorOf(() => {
      room = new CleanRoom({ withSetUp: true });
      return openEditor(smallWorkspace(), {
        extensions: [room.bring(packagedExtension())],
        trusted: true,
        room,
        settings: {
          'bespoke.personalization.strategy': 'last-decoder-block',
          'bespoke.personalization.maxEpochs': 2,
          'bespoke.personalization.heldOutPairs': 6,
          'bespoke.personalization.comparedPairs': 2,
        },
      });
    }),
  );
});

describe('the packages', () => {
  describePackages();
});

describe('the commands of the manifest', () => {
  describeEveryCommand();
});
