import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

/** The names that health is asked for; the empty one is the server as a whole. */
const services = ['', 'bespoke.v1.PersonalizationService', 'bespoke.v1.GenerationService'];

/** The standard `grpc.health.v1.Health` service. */
export class Health {
  readonly #health = new HealthImplementation(Object.fromEntries(services.map((service) => [service, 'SERVING'])));

  addTo(server: Server): void {
    this.#health.addToServer(server);
  }

  /** Tells balancers and watchers to go elsewhere, before the server stops to answer. */
  stopServing(): void {
    for (const service of services) this.#health.setStatus(service, 'NOT_SERVING');
  }
}
