/** What the parts of the cloud's store share. */

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Table } from './dynamo-table.ts';
import type { ValuePacker } from './dynamo-values.ts';
import type { Sealer } from './seal.ts';

export type CloudStore = {
  readonly table: Table;
  readonly values: ValuePacker;
  readonly now: () => number;
  /** How long runs are kept. */
  readonly keptMs: number;
  /** Seals facts. */
  readonly sealer?: () => Promise<Sealer>;
  /** The attribute of everything that belongs to a run. */
  readonly expires: () => { readonly expires: AttributeValue };
};
