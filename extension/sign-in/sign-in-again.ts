/** What a failure of a sign-in offers. */
export const signInAgain = { title: 'Sign In', command: 'bespoke.signIn' };
