import { expect, test } from 'vitest';
import { answerDevice, type IdentityProviderUnderTest } from '../../server/support/identity-provider-under-test.ts';
import type { OpenEditor } from '../open-editor.ts';

/** With a server that takes no token but the sign-ins of a provider. */
export function describeSignIn(open: () => Promise<OpenEditor>, provider: () => IdentityProviderUnderTest): void {
  test('shows a code, waits for the person on the page of the provider, and is connected then', async () => {
    const { workbench } = await open();
    await workbench.command('Bespoke: Sign In to Server');
    await workbench.dialog().waitFor();
    const words = (await workbench.dialog().textContent()) ?? '';
    const code = /[A-Z]{4}-[A-Z]{4}/.exec(words)?.[0] ?? '';
    expect(words).toMatch(/Sign in on 127\.0\.0\.1:\d+ to use 127\.0\.0\.1:\d+\. The page asks for this code\./);
    await workbench.pressButton('Copy Code and Open Browser');
    await workbench.notification(/Waiting for the sign-in in the browser/).waitFor();
    await answerDevice(`${provider().issuer}/device?user_code=${code}`, code, 'ann');
    await workbench.notification(/Bespoke: signed in to/).waitFor();
  });
}
