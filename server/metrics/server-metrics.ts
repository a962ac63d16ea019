import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ledger } from '../ledger/ledger.ts';

/** What is asked for when somebody reads the metrics. */
export interface MetricSources {
  readonly ledger: Ledger;
  /** Candidate streams that wait for a place. */
  waitingGenerations(): number;
  /** Generation workers that take requests. */
  generationWorkers(): number;
}

/**
 * Prometheus metrics of the server. Labels are calls, statuses and states, all from short lists of ours: no tenant, no repository and
 * nothing that a client sent.
 */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #calls: Counter<'call' | 'status'>;
  readonly #seconds: Histogram<'call'>;
  readonly #inFlight: Gauge;

  constructor({ ledger, waitingGenerations, generationWorkers }: MetricSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, prefix: 'bespoke_' });
    this.#calls = new Counter({
      ...{ name: 'bespoke_calls_total', help: 'Calls that have ended, by how.', registers },
      labelNames: ['call', 'status'],
    });
    this.#seconds = new Histogram({
      ...{ name: 'bespoke_call_seconds', help: 'How long calls took, streams to their end.', registers },
      ...{ labelNames: ['call'], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300] },
    });
    this.#inFlight = new Gauge({ name: 'bespoke_calls_in_flight', help: 'Calls that have not ended.', registers });
    const runs = new Gauge({
      ...{ name: 'bespoke_runs', help: 'Runs in the ledger, by state.', registers, labelNames: ['state'] },
      async collect() {
        runs.reset();
        for (const { state, count } of await ledger.runs.countByState()) runs.set({ state }, count);
      },
    });
    const adapters = new Gauge({
      ...{ name: 'bespoke_adapter_bytes', help: 'Bytes of all adapters.', registers },
      async collect() {
        adapters.set(await ledger.adapters.totalBytes());
      },
    });
    const waiting = new Gauge({
      ...{ name: 'bespoke_generations_waiting', help: 'Candidate streams that wait for a place.', registers },
      collect() {
        waiting.set(waitingGenerations());
      },
    });
    const workers = new Gauge({
      ...{ name: 'bespoke_generation_workers', help: 'Generation workers that take requests.', registers },
      collect() {
        workers.set(generationWorkers());
      },
    });
  }

  /** Counts a call from its beginning. Returns what is to be told how it ended. */
  begin(call: string): (status: string) => void {
    this.#inFlight.inc();
    const stop = this.#seconds.startTimer({ call });
    return (status) => {
      this.#inFlight.dec();
      stop();
      this.#calls.inc({ call, status });
    };
  }

  /** In Prometheus' text format. */
  async read(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
