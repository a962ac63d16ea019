import type { TestPair } from '../../../core/mining/test-pair.ts';
import { SeededRandom } from '../../seeded-random.ts';
import { makePair } from '../splits/make-pair.ts';

/** A credential of a kind, hidden in a pair as people hide them. It was made up here and opens nothing. */
export interface PlantedSecret {
  readonly kind: string;
  readonly secret: string;
  readonly pair: TestPair;
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const hex = '0123456789abcdef';
const alnum = `${upper}${lower}${digits}`;
const base64 = `${alnum}+/`;
const url64 = `${alnum}-_`;

/** What a literal holds, and the credential in it. */
interface Written {
  readonly literal: string;
  readonly secret: string;
}

type Maker = (random: SeededRandom) => Written | string;

/** By what their issuers document, not by what the rules look for. Prefixes are cut in two, so that no scanner takes this file for a leak. */
const makers: Readonly<Record<string, Maker>> = {
  'RSA key': (r) => pem('RSA ', r),
  'PKCS 8 key': (r) => pem('', r),
  'OpenSSH key': (r) => pem('OPENSSH ', r),
  'AWS access key': (r) => `${'AK'}IA${r.text(`${upper}234567`, 16)}`,
  'AWS secret key': (r) => {
    const secret = r.text(base64, 40);
    return { literal: r.pick([`aws_secret_access_key=${secret}`, `aws.secretKey: ${secret}`]), secret };
  },
  'GitHub token': (r) => `gh${r.pick(['p', 'o', 's', 'u', 'r'])}${'_'}${r.text(alnum, 36)}`,
  'GitHub fine-grained token': (r) => `github${'_pat_'}${r.text(alnum, 22)}_${r.text(alnum, 59)}`,
  'GitLab token': (r) => `gl${'pat-'}${r.text(url64, 20)}`,
  'Slack token': (r) => `xox${'b-'}${r.text(digits, 12)}-${r.text(digits, 12)}-${r.text(alnum, 24)}`,
  'Slack webhook': (r) => {
    const secret = `hooks.${'slack'}.com/services/T${r.text(upper, 8)}/B${r.text(upper, 8)}/${r.text(alnum, 24)}`;
    return { literal: `https://${secret}`, secret };
  },
  'Stripe key': (r) => `${r.pick(['s', 'r'])}k${'_live_'}${r.text(alnum, r.pick([24, 99]))}`,
  'Google API key': (r) => `AI${'za'}${r.text(url64, 34)}${r.text(alnum, 1)}`,
  'Google client secret': (r) => `GOC${'SPX-'}${r.text(url64, 27)}${r.text(alnum, 1)}`,
  'npm token': (r) => `npm${'_'}${r.text(alnum, 36)}`,
  'PyPI token': (r) => `pypi-${'AgEI'}cHlwaS5vcmc${r.text(url64, 120)}`,
  'Docker Hub token': (r) => `dckr${'_pat_'}${r.text(url64, 27)}`,
  'SendGrid key': (r) => `SG${'.'}${r.text(url64, 22)}.${r.text(url64, 42)}${r.text(alnum, 1)}`,
  'Twilio key': (r) => `S${'K'}${r.text(hex, 32)}`,
  'Telegram token': (r) => `${r.text('123456789', 10)}:A${'A'}${r.text(url64, 32)}${r.text(alnum, 1)}`,
  'Hugging Face token': (r) => `hf${'_'}${r.text(`${upper}${lower}`, 34)}`,
  'Anthropic key': (r) => `sk-${'ant'}-api03-${r.text(url64, 93)}AA`,
  'DigitalOcean token': (r) => `dop${'_v1_'}${r.text(hex, 64)}`,
  'Databricks token': (r) => `da${'pi'}${r.text(hex, 32)}`,
  'Vault token': (r) => `hv${'s.'}${r.text(url64, 90)}`,
  'Grafana token': (r) => `gl${'sa_'}${r.text(alnum, 32)}_${r.text(hex, 8)}`,
  'Atlassian token': (r) => `ATA${'TT3x'}FfGF0${r.text(url64, 150)}=${r.text(hex.toUpperCase(), 8)}`,
  'Azure storage key': (r) => {
    const secret = `${r.text(base64, 86)}==`;
    return { literal: `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${secret}`, secret };
  },
  'JSON web token': (r) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: r.text(lower, 8), exp: r.integer(2 ** 31) })}.${r.text(url64, 43)}`;
  },
  'JDBC URL': (r) => {
    const secret = password(r);
    const host = `db-${r.text(lower, 5)}.corp:5432`;
    const literal = r.pick([
      `jdbc:postgresql://${host}/orders?user=app&password=${secret}`,
      `jdbc:sqlserver://${host};databaseName=orders;user=app;password=${secret};encrypt=true`,
      `jdbc:mysql://app:${secret}@${host}/orders`,
      `jdbc:oracle:thin:app/${secret}@${host}:orders`,
    ]);
    return { literal, secret };
  },
  'URL with a password': (r) => {
    const secret = password(r);
    const scheme = r.pick(['https', 'mongodb+srv', 'redis', 'amqps', 'postgres', 'ftp']);
    return { literal: `${scheme}://${r.pick(['deploy', 'svc-orders'])}:${secret}@host.corp/path`, secret };
  },
  'basic credentials': (r) => {
    const secret = Buffer.from(`deploy:${password(r)}`).toString('base64');
    return { literal: `Basic ${secret}`, secret };
  },
  'bearer token': (r) => {
    const secret = r.text(alnum, 40);
    return { literal: `Bearer ${secret}`, secret };
  },
  'password in an assignment': (r) => r.text(`${alnum}!#%*+-_`, 18),
};

/** Number of kinds. */
export const plantedKinds = Object.keys(makers).length;

/** `count` secrets, the kinds in turn, each in a pair of its own. */
export function plantSecrets(count: number, seed: number): PlantedSecret[] {
  const random = new SeededRandom(seed);
  const kinds = Object.entries(makers);
  return Array.from({ length: count }, (_, at) => {
    const [kind, make] = kinds[at % kinds.length] ?? [];
    if (kind === undefined || make === undefined) throw new RangeError('There is no kind.');
    const made = make(random);
    const written = typeof made === 'string' ? { literal: made, secret: made } : made;
    return { kind, secret: written.secret, pair: plant(at, kind, written, random) };
  });
}

function plant(at: number, kind: string, { literal }: Written, random: SeededRandom): TestPair {
  const { statement, isField } = statementWith(kind, literal, random);
  const pair = makePair(`Gateway${at}`, `sends${at}`, testWith(isField ? 'gateway.connect();' : statement));
  const { focalContext } = pair;
  if (isField) return { ...pair, focalContext: { ...focalContext, fields: [statement] } };
  if (random.next() < 0.6) return pair;
  const method = `public Answer send(Order order) {\n    ${statement}\n    return client.post("/orders", order);\n}`;
  return { ...pair, testSource: testWith('gateway.connect();'), focalContext: { ...focalContext, method } };
}

/** Java that holds the literal, as people write it. Only what has no mark of its own stands beside a name that tells. */
function statementWith(kind: string, literal: string, random: SeededRandom): { statement: string; isField: boolean } {
  if (kind === 'password in an assignment') {
    const statement = random.pick([
      `String password = "${literal}";`,
      `config.setClientSecret("${literal}");`,
      `properties.put("payment.api-key", "${literal}");`,
      `System.setProperty("db.password", "${literal}");`,
      `var settings = Map.of("token", "${literal}");`,
    ]);
    return { statement, isField: false };
  }
  const statement = random.pick([
    `gateway.login("${literal}");`,
    `String value = "${literal}";`,
    `headers.put("X-Sent-By", "${literal}");`,
    `assertEquals("${literal}", gateway.value());`,
    `public static final String VALUE = "${literal}"`,
  ]);
  return { statement, isField: statement.startsWith('public static') };
}

function testWith(statement: string): string {
  return `@Test\nvoid sendsOrders() throws Exception {\n    Gateway gateway = new Gateway(clock);\n    ${statement}\n    Order order = new Order("A-17", 3);\n    assertThat(gateway.send(order).status()).isEqualTo(201);\n}`;
}

/** With a digit and of at least ten letters, as rules for passwords want it. */
function password(random: SeededRandom): string {
  return `${random.text(alnum, 9 + random.integer(8))}${random.text(digits, 1)}${random.text('!*_-', random.integer(2))}${random.text(upper, 1)}`;
}

function pem(name: string, random: SeededRandom): Written {
  const lines = Array.from({ length: 6 }, () => random.text(base64, 64));
  const end = random.pick(['\\n', '\\n" +\n        "']);
  const secret = lines[2] ?? '';
  return {
    literal: [`-----BEGIN ${name}${'PRIVATE'} KEY-----`, ...lines, `-----END ${name}${'PRIVATE'} KEY-----`].join(end),
    secret,
  };
}
