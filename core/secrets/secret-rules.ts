import { isMadeUp, isRandom } from './randomness.ts';

/** One kind of credential and how to recognize it in source text. */
export interface SecretRule {
  /** As a person is told, for instance `AWS access key`. Several rows may share one. */
  readonly kind: string;
  /** In lower case; a text without any of them holds none of this kind, which spares it the expression. */
  readonly keywords: readonly string[];
  /** Has the flag `g`. Its first group is the credential itself, where there is a group; else the whole match is. */
  readonly format: RegExp;
  /** Tells a credential from a placeholder, where the format alone cannot. */
  readonly isReal?: (secret: string) => boolean;
}

/**
 * No expression repeats without a bound where it can fail afterwards, so that no text takes long, whoever wrote it.
 *
 * Formats that issuers document come first: each has a mark of its own, so that test fixtures like `"password"` or a plain hash stay. Where
 * there is no mark, the text around says that it is a credential and the text itself must look random.
 */
export const secretRules: readonly SecretRule[] = [
  // Keys in files.
  {
    kind: 'private key',
    keywords: ['private key'],
    // The key itself, as far as it is there: to its end line, or the literals of letters that follow.
    format:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?:(?!-----BEGIN)[\s\S]){0,8000}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?:(?:\\[nr]|[\s"+])*[A-Za-z0-9/+=]{16,})*)/g,
  },
  { kind: 'PuTTY private key', keywords: ['putty-user-key-file'], format: /PuTTY-User-Key-File-[23]: [a-z0-9-]+/g },
  { kind: 'age secret key', keywords: ['age-secret-key-1'], format: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/g },

  // Clouds.
  {
    kind: 'AWS access key',
    keywords: ['akia', 'asia', 'abia', 'acca'],
    format: /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/g,
  },
  {
    kind: 'AWS secret access key',
    keywords: ['aws', 'secretaccesskey', 'secret_access_key', 'akia', 'asia'],
    format:
      /(?:aws|secret_?access_?key|\b(?:AKIA|ASIA)[0-9A-Z]{16})[^\n;]{0,60}["'=:\s]([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    isReal: isMadeUp,
  },
  { kind: 'Google API key', keywords: ['aiza'], format: /\bAIza[\w-]{35}(?![\w-])/g },
  { kind: 'Google OAuth client secret', keywords: ['gocspx-'], format: /\bGOCSPX-[\w-]{28}(?![\w-])/g },
  { kind: 'Google access token', keywords: ['ya29.'], format: /\bya29\.[\w-]{20,}/g },
  {
    kind: 'Azure storage key',
    keywords: ['accountkey', 'account_key'],
    format: /\baccount_?key\\?"?\s*[=:,]\s*\\?"?([A-Za-z0-9+/]{86}==)/gi,
  },
  {
    kind: 'Azure shared access key',
    keywords: ['sharedaccesskey'],
    format: /\bSharedAccessKey=([A-Za-z0-9+/]{43}=)/gi,
  },
  {
    kind: 'Azure shared access signature',
    keywords: ['sig='],
    format: /[?&]sig=([A-Za-z0-9%+/]{40,}(?:%3D|=))/gi,
    isReal: isRandom,
  },
  { kind: 'Azure client secret', keywords: ['q~'], format: /(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])/g },
  { kind: 'DigitalOcean token', keywords: ['_v1_'], format: /\bdo[opr]_v1_[a-f0-9]{64}\b/g },
  { kind: 'Alibaba access key', keywords: ['ltai'], format: /\bLTAI[A-Za-z0-9]{17,21}\b/g, isReal: isRandom },
  { kind: 'Heroku key', keywords: ['hrku-'], format: /\bHRKU-[\w-]{36,}/g },
  { kind: 'Databricks token', keywords: ['dapi'], format: /\bdapi[a-f0-9]{32}(?:-\d)?\b/g },
  { kind: 'PlanetScale token', keywords: ['pscale_'], format: /\bpscale_(?:tkn|oauth|pw)_[\w.-]{32,}/g },

  // Where code is kept, built and published.
  { kind: 'GitHub token', keywords: ['gh'], format: /\bgh[pousr]_[A-Za-z0-9]{36,}\b/g },
  { kind: 'GitHub token', keywords: ['github_pat_'], format: /\bgithub_pat_\w{50,}\b/g },
  { kind: 'GitLab token', keywords: ['gl'], format: /\bgl(?:pat|dt|rt|ptt|ft|soat|cbt|agent|imt)-[\w-]{20,}/g },
  { kind: 'Atlassian token', keywords: ['atatt3x'], format: /\bATATT3x[\w=-]{40,}/g },
  { kind: 'npm token', keywords: ['npm_'], format: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'PyPI token', keywords: ['pypi-'], format: /\bpypi-AgEI[\w-]{50,}/g },
  { kind: 'RubyGems key', keywords: ['rubygems_'], format: /\brubygems_[a-f0-9]{48}\b/g },
  { kind: 'NuGet key', keywords: ['oy2'], format: /\boy2[a-z0-9]{43}\b/g, isReal: isRandom },
  { kind: 'Docker Hub token', keywords: ['dckr_'], format: /\bdckr_(?:pat|oat)_[\w-]{24,}/g },
  { kind: 'JFrog key', keywords: ['akcp'], format: /\bAKCp[A-Za-z0-9]{60,}\b/g },
  { kind: 'SonarQube token', keywords: ['sq'], format: /\bsq[upa]_[a-f0-9]{40}\b/g },
  { kind: 'CircleCI token', keywords: ['ccipat_'], format: /\bCCIPAT_[A-Za-z0-9]+_[a-f0-9]{40}\b/g },
  { kind: 'Pulumi token', keywords: ['pul-'], format: /\bpul-[a-f0-9]{40}\b/g },
  { kind: 'Terraform Cloud token', keywords: ['.atlasv1.'], format: /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/g },
  { kind: 'HashiCorp Vault token', keywords: ['hvs.', 'hvb.'], format: /\bhv[sb]\.[\w-]{24,}/g },
  { kind: 'Doppler token', keywords: ['dp.'], format: /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}/g },
  { kind: 'Postman key', keywords: ['pmak-'], format: /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b/g },

  // Messages, money and models.
  { kind: 'Slack token', keywords: ['xox'], format: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'Slack token', keywords: ['xapp-'], format: /\bxapp-\d-[A-Za-z0-9-]{20,}/g },
  {
    kind: 'Slack webhook',
    keywords: ['hooks.slack.com'],
    format: /hooks\.slack\.com\/(?:services|workflows)\/[\w/]{30,}/g,
  },
  {
    kind: 'Discord webhook',
    keywords: ['api/webhooks/'],
    format: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,}/g,
  },
  {
    kind: 'Discord token',
    keywords: ['.'],
    format: /\b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])/g,
    isReal: isRandom,
  },
  { kind: 'Telegram token', keywords: [':aa'], format: /\b\d{8,10}:AA[\w-]{33}(?![\w-])/g },
  { kind: 'Twilio key', keywords: ['sk'], format: /\bSK[a-f0-9]{32}\b/g },
  { kind: 'SendGrid key', keywords: ['sg.'], format: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g },
  { kind: 'Mailgun key', keywords: ['key-'], format: /\bkey-[a-f0-9]{32}\b/g },
  { kind: 'Mailchimp key', keywords: ['-us'], format: /\b[a-f0-9]{32}-us\d{1,2}\b/g },
  { kind: 'Stripe live key', keywords: ['k_live_'], format: /\b[sr]k_live_[A-Za-z0-9]{20,}\b/g },
  { kind: 'Stripe webhook secret', keywords: ['whsec_'], format: /\bwhsec_[A-Za-z0-9+/=]{32,}/g },
  { kind: 'Square token', keywords: ['sq0'], format: /\bsq0(?:atp|csp)-[\w-]{22,43}/g },
  { kind: 'Shopify token', keywords: ['shp'], format: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g },
  {
    kind: 'OpenAI key',
    keywords: ['sk-'],
    format: /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{40,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
  },
  { kind: 'Anthropic key', keywords: ['sk-ant-'], format: /\bsk-ant-[\w-]{40,}/g },
  { kind: 'Hugging Face token', keywords: ['hf_'], format: /\bhf_[A-Za-z0-9]{34,}\b/g },
  { kind: 'Linear key', keywords: ['lin_api_'], format: /\blin_api_[A-Za-z0-9]{40}\b/g },
  { kind: 'Notion token', keywords: ['ntn_'], format: /\bntn_[A-Za-z0-9]{40,}\b/g },

  // What watches.
  {
    kind: 'Grafana token',
    keywords: ['glsa_', 'glc_'],
    format: /\b(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}={0,2})/g,
  },
  { kind: 'New Relic key', keywords: ['nrak-', 'nraa-'], format: /\bNRA[AK]-[A-Z0-9]{27}\b/g },
  { kind: 'Dynatrace token', keywords: ['dt0'], format: /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b/g },
  { kind: 'Sentry token', keywords: ['sntry'], format: /\bsntry[su]_[\w+/=-]{40,}/g },

  // Without an issuer: what stands around tells.
  {
    kind: 'JSON web token',
    keywords: ['eyj'],
    format: /\beyJ[\w-]{16,400}\.eyJ[\w-]{16,4000}\.[\w-]{16,2000}/g,
  },
  {
    kind: 'JDBC URL with a password',
    keywords: ['jdbc:'],
    format: /\bjdbc:[^"'\s]{0,400}?[?&;:](?:password|pwd|passwd)=([^"'\s&;]{1,200})/gi,
    isReal: isMadeUp,
  },
  {
    kind: 'JDBC URL with a password',
    keywords: ['jdbc:'],
    format: /\bjdbc:[\w:+-]{0,40}?[:/]{1,3}[\w$-]{1,64}[/:]([^"'\s/@:]{1,200})@/gi,
    isReal: isMadeUp,
  },
  {
    kind: 'JDBC URL with a password',
    keywords: ['jdbc:'],
    format: /"jdbc:[^"\n]{0,400}"\s{0,40},\s{0,40}"[^"\n]{0,100}"\s{0,40},\s{0,40}"([^"\s]{1,200})"/gi,
    isReal: isMadeUp,
  },
  {
    kind: 'URL with a password',
    keywords: ['://'],
    format: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>{}$]{0,64}:([^\s/@"'<>{}$]{6,200})@[\w[]/gi,
    isReal: isMadeUp,
  },
  {
    kind: 'HTTP basic credentials',
    keywords: ['basic '],
    format: /\bBasic ([A-Za-z0-9+/]{16,}={0,2})/g,
    isReal: (secret) => {
      const [, password] =
        /^[\x21-\x7e]+?:([\x21-\x7e]+)$/.exec(Buffer.from(secret, 'base64').toString('latin1')) ?? [];
      return password !== undefined && isMadeUp(password);
    },
  },
  {
    kind: 'HTTP bearer token',
    keywords: ['bearer '],
    format: /\bBearer ([\w.~+/-]{20,}=*)/g,
    isReal: isRandom,
  },
  {
    kind: 'password or key',
    keywords: ['pass', 'pwd', 'secret', 'token', 'key', 'credential'],
    // A name that says so, then what joins it to a literal: an assignment, an argument, an entry of a map or of a text.
    format:
      /(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|credentials?|(?:api|access|auth|private|signing|encryption|master|account|client|service)[_. -]?key)[\w.-]{0,60}(?:=|:\s?|(?:\\?["'])?\s{0,20}[\])]?\s{0,20}(?:=>?|:|,|\()\s{0,20}(?:new [\w.]{1,60}\(\s{0,20})?\\?["'])([^\s"'\\,;()<>{}$]{12,200})(?=\\?["'&;\s,)]|$)/gi,
    isReal: isRandom,
  },
];
