/** What `--help` prints. docs/operating.md and docs/access.md tell the whole of it. */
export const USAGE = `Usage: node server.js --data-dir DIR --base-model-dir DIR --python FILE --trainer-dir DIR [options]
       node server.js COMMAND [options]

Personalizes a base model to repositories and writes tests with the models, for many tenants. Serves until it is ended; prints its address as
one line of JSON. A token that BESPOKE_LOCAL_TOKEN names is the only one on a machine of one's own.

Serving
  --data-dir DIR               ledger, corpora, models and keys
  --base-model-dir DIR         the base model, as set-up or \`bespoke base export\` made it
  --python FILE                interpreter of the trainer's environment
  --trainer-dir DIR            the folder that holds bespoke_trainer
  --host HOST, --port N        where to listen (when left out: 127.0.0.1, any free port)
  --tls-cert FILE, --tls-key FILE, --client-ca FILE
                               certificates; with the last one clients need theirs
  --database-url URL           PostgreSQL in place of the embedded database
  --artifacts s3://BUCKET/PREFIX, --artifacts-endpoint URL, --artifacts-cache-mib N
                               an object store in place of the data folder
  --max-runs N                 most trainings at the same time (when left out: 1)
  --trainers ray=URL, --trainer-cpus N, --trainer-gpus N, --trainer-idle-seconds N
                               train on a Ray cluster
  --generators ray=URL, --generation-workers N
                               generate on a Ray cluster
  --generation-precision P     float32 or int8 (when left out: the best for this machine)
  --generation-threads N       threads of each generating worker (when left out: the cores, at most 8)
  --adapter-memory-mib N       what adapters may take in each one's memory (when left out: 3072)
  --oidc-issuer URL, --oidc-audience NAME, --oidc-tenant-claim NAME, --oidc-role-claim NAME
                               people sign in with an OpenID Connect provider
  --tenant-requests-per-second N, --tenant-uploads N, --tenant-generations N, --tenant-queued-runs N, --tenant-stored-mib N
                               what each tenant may take
  --metrics-host HOST, --metrics-port N
                               where Prometheus reads
  --operator-page-port N       a page for the operator, on this machine only
  --traces URL                 an OTLP/HTTP receiver
  --drain-seconds N            how long those that are served may go on at the end (when left out: 25)
  --exit-with-parent           end when standard input is closed

Commands, each with --data-dir DIR and, but for backups, --database-url URL
  token create --tenant TEAM --name NAME --role ROLE [--repositories A,B] [--expires-days N]
  token list
  token revoke --tenant TEAM --name NAME
  tenant forget --tenant TEAM
  receipt key
  receipt verify --file FILE [--fingerprint F] [--tenant TEAM] [--repository NAME]
  backup --to PLACE
  restore --from FILE --receipts DIR

  --help                       this
`;
